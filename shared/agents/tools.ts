/** All tools of agents. Whoever adds one: a description here, its work in server/agents/tools/. */
import type * as z from 'zod';
import { backendTools } from './tools/backend.ts';
import { environmentTools } from './tools/environments.ts';
import { historyTools } from './tools/history.ts';
import { fileTools } from './tools/files.ts';
import { pageTools } from './tools/page.ts';
import { previewTools } from './tools/preview.ts';
import { runTools } from './tools/run.ts';
import { shareTools } from './tools/shares.ts';

export const TOOLS = { ...environmentTools, ...fileTools, ...runTools, ...previewTools, ...pageTools, ...shareTools, ...historyTools, ...backendTools };

export type ToolName = keyof typeof TOOLS;
export type ToolInput<N extends ToolName> = z.output<(typeof TOOLS)[N]['input']>;
export type ToolOutput<N extends ToolName> = z.input<(typeof TOOLS)[N]['output']>;

export const TOOL_NAMES = Object.keys(TOOLS) as ToolName[];
/** They are about no one environment. */
export const SERVER_WIDE = ['environment_list', 'environment_create'] as const satisfies readonly ToolName[];
export type ServerWide = (typeof SERVER_WIDE)[number];
export const isServerWide = (name: ToolName): name is ServerWide => (SERVER_WIDE as readonly ToolName[]).includes(name);

export const isToolName = (name: string): name is ToolName => Object.hasOwn(TOOLS, name);
