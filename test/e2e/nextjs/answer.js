// What every route does when it is called: one error is logged, and if so asked the server is gone before it answers.
export function answer(log, request) {
  log('broken')
  if (new URL(request.url).searchParams.get('end') === 'exit') process.exit(1)
  return new Response('logged')
}
