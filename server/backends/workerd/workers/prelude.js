/** Runs before the program: a rejection that nobody handles is silent otherwise. `@MARKER@` tells the line from the program's own. */
const { error: say } = console;

addEventListener('unhandledrejection', ({ reason }) => {
  const error = reason instanceof Error ? reason : { name: 'Rejection', message: String(reason), stack: '' };
  say('@MARKER@' + JSON.stringify({ origin: 'rejection', name: String(error.name), message: String(error.message), stack: String(error.stack) }));
});
