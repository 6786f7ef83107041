/** The environment list: loaded, kept fresh while the page is seen, and honest about what it could not load. */
import { createStore } from 'zustand/vanilla';
import { listEnvironments, listTemplates } from '../../api/environments.ts';
import type { Environment, Template, TerminatedEnvironment } from '../../api/environments.ts';
import { ApiError } from '../../api/request.ts';
import { describeError } from '../../state/describe-error.ts';
import type { Described } from '../../state/describe-error.ts';

export interface EnvironmentsState {
  environments: Environment[] | undefined;
  /** What is left of those that were terminated, newest first. */
  terminated: TerminatedEnvironment[];
  /** How many may be active at once. */
  maxActive: number;
  templates: Template[] | undefined;
  /** When the list was loaded, milliseconds since the epoch; ages are counted from it. */
  loadedAt: number;
  /** Why the last load failed; what was loaded before stays. */
  error: Described | undefined;
  offline: boolean;
  needsSignIn: boolean;
}

export const environments = createStore<EnvironmentsState>(() => ({ environments: undefined, terminated: [], maxActive: 0, templates: undefined, loadedAt: 0, error: undefined, offline: false, needsSignIn: false }));

/** Between refreshes while the page is visible, in milliseconds. */
const REFRESH = 5000;

export async function refreshEnvironments(signal?: AbortSignal): Promise<void> {
  try {
    const [{ environments: list, terminated, maxActive }, templates] = await Promise.all([listEnvironments(signal), environments.getState().templates ?? listTemplates(signal)]);
    list.sort((a, b) => b.createdAt - a.createdAt);
    environments.setState({ environments: list, terminated, maxActive, templates, loadedAt: Date.now(), error: undefined, offline: false, needsSignIn: false });
  } catch (error) {
    if (signal?.aborted === true) return;
    const status = error instanceof ApiError ? error.status : undefined;
    environments.setState({ error: describeError(error), offline: status === 0, needsSignIn: status === 401 });
  }
}

/** Keeps the list fresh until aborted. */
export function followEnvironments(signal: AbortSignal): void {
  const refresh = () => {
    if (document.visibilityState === 'visible') void refreshEnvironments(signal);
  };
  const timer = setInterval(refresh, REFRESH);
  signal.addEventListener('abort', () => clearInterval(timer));
  document.addEventListener('visibilitychange', refresh, { signal });
  window.addEventListener('online', refresh, { signal });
  refresh();
}

/** As a person calls them. */
export const STATUS_LABEL = { initializing: 'created', running: 'active', suspended: 'suspended', stopped: 'terminated' } as const;

/** "812 B", "1.4 MB". */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [unit, by] = bytes < 1_000_000 ? ['kB', 1000] : ['MB', 1_000_000];
  return `${(bytes / Number(by)).toFixed(bytes / Number(by) < 10 ? 1 : 0)} ${unit}`;
}

/** Every word of the query must be somewhere in the environment's words. */
export function matches(environment: Environment, query: string): boolean {
  const agents = environment.agents.flatMap(({ name, client }) => [name, client ?? '']);
  return hasWords([environment.taskId, environment.agentId ?? '', ...agents, environment.template, STATUS_LABEL[environment.status], environment.environmentId], query);
}

export const matchesTerminated = ({ taskId, agentId, template, environmentId, terminatedBy }: TerminatedEnvironment, query: string): boolean => hasWords([taskId, agentId ?? '', template, STATUS_LABEL.stopped, environmentId, terminatedBy], query);

function hasWords(words: readonly string[], query: string): boolean {
  const text = words.join(' ').toLowerCase();
  return query.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** "now", "5 min", "3 h", "2 days". */
export function age(createdAt: number, now: number): string {
  const minutes = Math.max(0, Math.floor((now - createdAt) / 60_000));
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h`;
  const days = Math.floor(hours / 24);
  return days === 1 ? '1 day' : `${days} days`;
}

/** "2 processes, 14 % busy": what its programs did since the last look, of one processor. */
export function useOf({ use }: Pick<Environment, 'use'>): string {
  if (use === null) return '';
  const processes = `${use.processes} ${use.processes === 1 ? 'process' : 'processes'}`;
  return use.busy === null ? processes : `${processes}, ${Math.round(use.busy * 100)} % busy`;
}

/** "Robin (claude-code 2.1)", and how many more; the name that the environment was made under where no agent has a token. */
export function agentOf({ agents, agentId }: Pick<Environment, 'agents' | 'agentId'>): string | undefined {
  const [first, ...others] = agents;
  if (first === undefined) return agentId;
  return `${first.name}${first.client === null ? '' : ` (${first.client})`}${others.length === 0 ? '' : ` and ${others.length} more`}`;
}
