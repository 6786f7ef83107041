import type { ServerWide, ToolInput, ToolName, ToolOutput } from '../../../shared/agents/tools.ts';
import type { Author } from '../../../shared/document/author.ts';
import type { Identity } from '../../auth/identities.ts';
import type { Environment } from '../../environments/environments.ts';
import type { Editor } from '../editing.ts';

/** Who calls a tool, in which environment, and for how long. */
export interface ToolContext {
  identity: Identity;
  environment: Environment;
  author: Author;
  editor: Editor;
  /** The caller has gone, or cancelled. */
  signal: AbortSignal;
  /** What it prints while it works, for a caller that listens. */
  progress(text: string): void;
}

/** Of a tool that is about no one environment. */
export type ServerContext = Omit<ToolContext, 'environment' | 'editor'>;

export type Handlers<N extends ToolName = ToolName> = { [T in N]: (input: ToolInput<T>, context: T extends ServerWide ? ServerContext : ToolContext) => ToolOutput<T> | Promise<ToolOutput<T>> };
