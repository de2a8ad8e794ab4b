import { notFound } from 'next/navigation'

export default async function Page({ params }) {
  const { id } = await params
  if (id === 'none') notFound()
  return <p>{await loadOrder(id)}</p>
}

async function loadOrder(id) {
  throw new Error(`order ${id} not found in the archive`)
}
