export async function GET(_request, { params }) {
  const { id } = await params
  if (id === 'none') return Response.json({ error: 'no such order' }, { status: 404 })
  return Response.json(await charge(id))
}

async function charge(id) {
  throw new Error(`card gateway timeout for order ${id}`)
}
