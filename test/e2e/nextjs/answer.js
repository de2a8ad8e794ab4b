// What every route does: it logs one error and, if requested, ends the server before it answers.
export function answer(log, request) {
  log('broken')
  if (new URL(request.url).searchParams.get('end') === 'exit') process.exit(1)
  return new Response('logged')
}
