/** Reports the exceptions of each invocation with their stacks, which the runtime's own log leaves out. */
export default {
  tail(items, env) {
    for (const { name, message, stack } of items.flatMap((item) => item.exceptions)) {
      console.error(env.MARKER + JSON.stringify({ origin: 'exception', name, message, stack: stack ?? '' }));
    }
  },
};
