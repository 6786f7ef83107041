/** What the page answers to the server's questions (shared/protocol/host-calls.ts). */
import { CALLS, isCall } from '../../shared/protocol/host-calls.ts';
import type { CallAnswer, CallInput, CallName } from '../../shared/protocol/host-calls.ts';

export type CallAnswers = { [N in CallName]?: (input: CallInput<N>) => CallAnswer<N> | Promise<CallAnswer<N>> };

/** @throws {Error} for a question that is none, that nobody here answers, or that has the wrong shape */
export async function answerCall(answers: CallAnswers, name: string, input: unknown): Promise<unknown> {
  const answer = isCall(name) ? answers[name] : undefined;
  if (!isCall(name) || answer === undefined) throw new Error('this page does not know the question');
  // The schema and the function of one name fit each other; TypeScript does not follow the correlation.
  return await (answer as (input: unknown) => unknown)(CALLS[name].input.parse(input));
}
