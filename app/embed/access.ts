/** What the address and the token of an embed give (server/embeds/SPEC.md, EB7, EB20). */
import * as z from 'zod';
import { TerrariumError } from '../../shared/errors/error.ts';
import type { Show } from '../../shared/protocol/embed.ts';
import { setBearer } from '../api/bearer.ts';
import { callJson } from '../api/request.ts';

const accessSchema = z.object({ environmentId: z.string(), taskId: z.string(), agentId: z.string().nullable(), role: z.enum(['viewer', 'editor']), origins: z.array(z.string()) });
export type Access = z.infer<typeof accessSchema>;

/** @throws {TerrariumError} 1382, 1384, 1387 @throws {ApiError} what the server says of the token */
export async function openAccess(address: URL, parentOrigin: string | undefined): Promise<Access> {
  const token = new URLSearchParams(address.hash.slice(1)).get('token');
  if (token === null || !/^[\w.~-]{1,512}$/.test(token)) throw TerrariumError.of('E-TERRARIUM-1387');
  setBearer(token);
  const access = await callJson(accessSchema, '/api/embed');
  if (parentOrigin !== undefined && !access.origins.includes(parentOrigin)) throw TerrariumError.of('E-TERRARIUM-1382', { origin: parentOrigin });
  const task = taskOf(address);
  if (task !== access.environmentId && task !== access.taskId) throw TerrariumError.of('E-TERRARIUM-1384', { task });
  return access;
}

function taskOf({ pathname }: URL): string {
  const part = pathname.slice(pathname.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** What the address asks to show; the row E6 says what holds without a word. */
export function showOf({ searchParams }: URL): Show {
  const flag = (name: string, otherwise: boolean) => {
    const value = searchParams.get(name);
    return value === null ? otherwise : value !== '0' && value !== 'false';
  };
  const agent = searchParams.get('agent') ?? '';
  return { editor: flag('editor', true), console: flag('console', true), network: flag('network', false), ...(agent === '' ? {} : { agent: agent.slice(0, 200) }) };
}
