/** The terminals of a workspace: tabs, each an xterm and a process of the container. React only hosts the element. */
import { FitAddon } from '@xterm/addon-fit';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import { createStore } from 'zustand/vanilla';
import type { ContainerClient } from '../container/client.ts';
import type { ContainerProcess } from '../container/process.ts';
import { describeError } from '../state/describe-error.ts';
import { plainText } from './plain-text.ts';
import { terminalTheme } from './theme.ts';
import { theme } from '../state/theme.ts';

export interface TerminalTab {
  id: number;
  title: string;
  /** `shell` is interactive; `task` runs one command that the page started. */
  kind: 'shell' | 'task';
  status: 'starting' | 'running' | 'exited' | 'failed';
  exitCode?: number;
}

interface Live {
  xterm: Terminal;
  fit: FitAddon;
  process: ContainerProcess | undefined;
  element: HTMLDivElement;
}

export interface TerminalsState {
  tabs: TerminalTab[];
  activeId: number | undefined;
}

/** A finished command. */
export interface TaskEnd {
  code: number;
  /** The last part of what it printed, without control sequences. */
  tail: string;
}

const SCROLLBACK = 5000;
const TAIL = 4000;

export class Terminals {
  readonly store = createStore<TerminalsState>(() => ({ tabs: [], activeId: undefined }));
  readonly #live = new Map<number, Live>();
  readonly #container: () => Promise<ContainerClient>;
  readonly #stopTheme: () => void;
  #nextId = 1;
  /** Called with what a click on a link in a terminal names. */
  onLink: (uri: string) => void = () => {};

  /** `container` resolves when it runs; rejects with why it does not. */
  constructor(container: () => Promise<ContainerClient>) {
    this.#container = container;
    this.#stopTheme = theme.subscribe((state) => {
      for (const { xterm } of this.#live.values()) xterm.options.theme = terminalTheme(state.theme);
    });
  }

  /** Opens an interactive shell in a new tab. */
  async openShell(): Promise<void> {
    const count = this.store.getState().tabs.filter((tab) => tab.kind === 'shell').length;
    const id = this.#add({ title: count === 0 ? 'sh' : `sh ${count + 1}`, kind: 'shell' });
    await this.#run(id, 'sh', []).exit;
  }

  /** Runs a command line in a tab of its own (the same tab again for the same title); `exit` settles with its end. */
  runTask(title: string, commandLine: string): { id: number; exit: Promise<TaskEnd> } {
    const existing = this.store.getState().tabs.find((tab) => tab.kind === 'task' && tab.title === title);
    const id = existing?.id ?? this.#add({ title, kind: 'task' });
    this.#live.get(id)?.process?.kill();
    this.#live.get(id)?.xterm.write(`\x1b[2m$ ${commandLine}\x1b[0m\r\n`);
    return { id, exit: this.#run(id, 'sh', ['-c', commandLine]).exit };
  }

  activate(id: number): void {
    this.store.setState({ activeId: id });
  }

  /** Moves the selection among the tabs, wrapping at the ends. */
  step(by: 1 | -1): void {
    const { tabs, activeId } = this.store.getState();
    const at = tabs.findIndex((tab) => tab.id === activeId);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (next !== undefined) this.activate(next.id);
  }

  close(id: number): void {
    const live = this.#live.get(id);
    live?.process?.kill();
    live?.xterm.dispose();
    this.#live.delete(id);
    this.store.setState(({ tabs, activeId }) => {
      const rest = tabs.filter((tab) => tab.id !== id);
      return { tabs: rest, activeId: activeId === id ? rest.at(-1)?.id : activeId };
    });
  }

  kill(id: number): void {
    this.#live.get(id)?.process?.kill();
  }

  /** Puts the terminal's element into the page and fits it; the result takes it out again. */
  attach(id: number, parent: HTMLElement): () => void {
    const live = this.#live.get(id);
    if (live === undefined) return () => {};
    parent.append(live.element);
    if (live.xterm.element === undefined) live.xterm.open(live.element);
    const fit = () => {
      if (parent.clientWidth > 0 && parent.clientHeight > 0) live.fit.fit();
    };
    const observer = new ResizeObserver(fit);
    observer.observe(parent);
    fit();
    return () => {
      observer.disconnect();
      live.element.remove();
    };
  }

  focus(id: number): void {
    this.#live.get(id)?.xterm.focus();
  }

  dispose(): void {
    this.#stopTheme();
    for (const { id } of this.store.getState().tabs) this.close(id);
  }

  #add(fields: Pick<TerminalTab, 'title' | 'kind'>): number {
    const id = this.#nextId++;
    const xterm = new Terminal({
      fontFamily: 'var(--font-mono), monospace',
      fontSize: 12.5,
      lineHeight: 1.25,
      cursorBlink: true,
      scrollback: SCROLLBACK,
      allowProposedApi: false,
      screenReaderMode: false,
      theme: terminalTheme(theme.getState().theme),
    });
    xterm.options.fontFamily = getComputedStyle(document.documentElement).getPropertyValue('--font-mono') || 'monospace';
    const fit = new FitAddon();
    xterm.loadAddon(fit);
    xterm.loadAddon(new WebLinksAddon((_event, uri) => this.onLink(uri)));
    const element = document.createElement('div');
    element.className = 'terminal-element';
    this.#live.set(id, { xterm, fit, process: undefined, element });
    xterm.onData((data) => this.#live.get(id)?.process?.write(data));
    xterm.onResize((size) => this.#live.get(id)?.process?.resize(size));
    this.store.setState(({ tabs }) => ({ tabs: [...tabs, { id, ...fields, status: 'starting' }], activeId: id }));
    return id;
  }

  #update(id: number, change: Partial<TerminalTab>): void {
    this.store.setState(({ tabs }) => ({ tabs: tabs.map((tab) => (tab.id === id ? { ...tab, ...change } : tab)) }));
  }

  #run(id: number, command: string, args: string[]): { exit: Promise<TaskEnd> } {
    const exit = this.#follow(id, command, args);
    exit.catch((error: unknown) => {
      this.#update(id, { status: 'failed' });
      this.#live.get(id)?.xterm.write(`\r\n\x1b[31m${describeError(error).message}\x1b[0m\r\n`);
    });
    return { exit };
  }

  async #follow(id: number, command: string, args: string[]): Promise<TaskEnd> {
    const live = this.#live.get(id);
    if (live === undefined) throw new Error('The terminal was closed.');
    const container = await this.#container();
    if (!this.#live.has(id)) return { code: 0, tail: '' };
    const { cols, rows } = live.xterm;
    const process = await container.spawn(command, args, { terminal: { cols, rows }, env: { TERM: 'xterm-256color', COLORTERM: 'truecolor', FORCE_COLOR: '1' } });
    live.process = process;
    this.#update(id, { status: 'running' });
    const tail = this.#print(process, live.xterm);
    // A container that is gone fails both: the exit tells it.
    tail.catch(() => {});
    const code = await process.exit;
    this.#update(id, { status: 'exited', exitCode: code });
    if (live.process === process) live.process = undefined;
    const printed = await tail;
    live.xterm.write(`\r\n\x1b[2m[exited with code ${code}]\x1b[0m\r\n`);
    return { code, tail: plainText(printed) };
  }

  /** Writes output as xterm takes it, so that back-pressure reaches the process; keeps the end of it. */
  async #print(process: ContainerProcess, xterm: Terminal): Promise<string> {
    let tail = '';
    for await (const chunk of process.output) {
      tail = (tail + chunk).slice(-TAIL);
      await new Promise<void>((resolve) => xterm.write(chunk, resolve));
    }
    return tail;
  }
}
