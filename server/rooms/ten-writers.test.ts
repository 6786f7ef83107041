/**
 * Six people and four agents write into five files, with cuts and reloads: nothing that was acknowledged is lost, nothing is doubled, all copies are equal.
 * `TERRARIUM_STORM_SECONDS` writes for longer than the suite has time for.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findByPath } from '../../shared/document/schema.ts';
import { makeAgent, toolsOf } from '../agents/testing.ts';
import { freePort, startTestServer } from '../testing.ts';
import type { TestServer } from '../testing.ts';
import { join, synced } from './testing-member.ts';
import type { Member } from './testing-member.ts';

const SECONDS = Number(process.env['TERRARIUM_STORM_SECONDS'] ?? 12);
const FILES = ['one.txt', 'two.txt', 'three.txt', 'four.txt', 'five.txt'];
const FIRST_LINE = 'begin\n';
const chance = (share: number): boolean => Math.random() < share;
const oneOf = <T>(all: readonly [T, ...T[]] | readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T;

let server: TestServer;
let port: number;
let id: string;
beforeAll(async () => {
  port = await freePort();
  server = await startTestServer({ port });
  await server.listen();
  id = await server.create();
  for (const file of FILES) await server.api(`/api/environments/${id}/files/${file}`, { method: 'PUT', body: FIRST_LINE });
});
afterAll(() => server.dispose());

function textIn(member: Member, file: string) {
  const found = findByPath(member.doc, file);
  if (found?.kind !== 'text') throw new Error(`${file} is not there`);
  return found.text;
}

/** A line of its own somewhere in a file: lines stay whole whoever writes beside them. */
function writeLine(member: Member, line: string): void {
  const text = textIn(member, oneOf(FILES));
  const content = text.toString();
  const ends = [...content.matchAll(/\n/g)].map(({ index }) => index + 1);
  text.insert(oneOf(ends), `${line}\n`);
}

class Person {
  member: Member;
  /** Lines that must be there in the end. */
  readonly kept: string[] = [];
  /** Lines of this page with the clock after each: a reload loses those that were not announced as stored. */
  private written: [line: string, clock: number][] = [];
  private readonly name: string;
  private count = 0;

  constructor(name: string) {
    this.name = name;
    this.member = join(port, id);
  }

  async write(until: number): Promise<void> {
    await synced(this.member);
    while (Date.now() < until) {
      const line = `${this.name}-${this.count++}`;
      writeLine(this.member, line);
      this.written.push([line, clockOf(this.member)]);
      if (chance(0.03)) await this.cut();
      if (chance(0.015)) await this.reload();
      await pause(10 + Math.random() * 60);
    }
  }

  async finish(): Promise<void> {
    this.member.provider.connect();
    await synced(this.member);
    await this.member.saved();
    this.kept.push(...this.written.map(([line]) => line));
  }

  private async cut(): Promise<void> {
    this.member.provider.disconnect();
    for (let count = 0; count < 3; count++) {
      const line = `${this.name}-${this.count++}`;
      writeLine(this.member, line);
      this.written.push([line, clockOf(this.member)]);
      await pause(Math.random() * 100);
    }
    this.member.provider.connect();
  }

  private async reload(): Promise<void> {
    const stored = this.member.announced.get(this.member.doc.clientID) ?? 0;
    this.kept.push(...this.written.filter(([, clock]) => clock <= stored).map(([line]) => line));
    this.written = [];
    this.member.leave();
    this.member = join(port, id);
    await synced(this.member);
  }
}

const clockOf = ({ doc }: Member): number => doc.store.clients.get(doc.clientID)?.reduce((end, { id: { clock }, length }) => Math.max(end, clock + length), 0) ?? 0;

async function agentWrites(name: string, until: number): Promise<string[]> {
  const { token } = await makeAgent(server, id);
  const call = toolsOf(server, id, token);
  const kept: string[] = [];
  for (let count = 0; Date.now() < until; count++) {
    const line = `${name}-${count}`;
    await call('file_patch', { path: oneOf(FILES), edits: [{ old: FIRST_LINE, new: `${FIRST_LINE}${line}\n`, all: false }] });
    kept.push(line);
    await pause(200 + Math.random() * 100);
  }
  return kept;
}

test('ten writers lose nothing that was acknowledged, and end with equal copies', { timeout: (SECONDS + 60) * 1000 }, async () => {
  const until = Date.now() + SECONDS * 1000;
  const people = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'].map((name) => new Person(name));
  const agents = ['a0', 'a1', 'a2', 'a3'].map((name) => agentWrites(name, until));
  await Promise.all(people.map((person) => person.write(until)));
  const byAgents = (await Promise.all(agents)).flat();
  await Promise.all(people.map((person) => person.finish()));
  const stored = await Promise.all(FILES.map(async (file) => (await server.api(`/api/environments/${id}/files/${file}`)).text()));
  for (const { member } of people) {
    await expect.poll(() => FILES.map((file) => textIn(member, file).toString()), { timeout: 10_000 }).toEqual(stored);
    member.leave();
  }
  const lines = stored.flatMap((text) => text.split('\n')).filter((line) => line !== '' && line !== 'begin');
  expect(lines.length).toBe(new Set(lines).size);
  const there = new Set(lines);
  const wanted = [...people.flatMap(({ kept }) => kept), ...byAgents];
  expect(wanted.filter((line) => !there.has(line))).toEqual([]);
  expect(wanted.length).toBeGreaterThan(SECONDS * 50);
});
