import { useMemo, useState } from 'react';
import type { KeyboardEvent } from 'react';
import { FileIcon } from '../../ui/FileIcon.tsx';
import { useSelected, useStore } from '../../ui/use-store.ts';
import { COMMANDS, fuzzyScore } from '../../workspace/commands.ts';
import { baseName, folderName } from '../../workspace/file-tree.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';
import { useEffect, useRef } from 'react';

interface Choice {
  id: string;
  title: string;
  note: string;
  keys: string | undefined;
  file: boolean;
  run: () => void;
}

const MOST = 50;

/** Quick open and the command palette: one field; ">" in front of what is typed means commands. */
export function Palette({ session }: { session: WorkspaceSession }) {
  const mode = useSelected(session.layout.store, (state) => state.palette);
  return mode === undefined ? null : <PaletteDialog key={mode} session={session} first={mode === 'commands' ? '>' : ''} />;
}

function PaletteDialog({ session, first }: { session: WorkspaceSession; first: string }) {
  const [text, setText] = useState(first);
  const [at, setAt] = useState(0);
  const dialog = useRef<HTMLDialogElement>(null);
  const files = useStore(session.files);
  const recent = useSelected(session.tabs.store, (state) => state.recent);
  const close = () => session.layout.set({ palette: undefined });
  useEffect(() => dialog.current?.showModal(), []);

  const choices = useMemo(() => {
    const commands = text.startsWith('>');
    const query = commands ? text.slice(1).trim() : (text.split(':')[0] ?? '');
    const line = Number(/:(\d+)$/.exec(text)?.[1] ?? 0);
    const all = commands ? commandChoices(session) : fileChoices(session, files, recent, line);
    return rank(all, query);
  }, [text, session, files, recent]);
  const chosen = Math.min(at, choices.length - 1);

  const run = (choice: Choice | undefined) => {
    if (choice === undefined) return;
    close();
    choice.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((chosen + step + choices.length) % Math.max(1, choices.length));
    }
    if (event.key === 'Enter') run(choices[chosen]);
  };

  return (
    <dialog ref={dialog} className="palette" aria-label={first === '>' ? 'Commands' : 'Go to file'} onCancel={(event) => (event.preventDefault(), close())} onPointerDown={(event) => event.target === dialog.current && close()}>
      <input
        className="input"
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={`choice-${chosen}`}
        aria-label={first === '>' ? 'Command' : 'File'}
        placeholder="File name, or > for commands"
        spellCheck={false}
        value={text}
        onChange={(event) => (setText(event.target.value), setAt(0))}
        onKeyDown={onKeyDown}
      />
      <ul id="palette-list" role="listbox" aria-label="Choices">
        {choices.map((choice, index) => (
          <li key={choice.id} id={`choice-${index}`} role="option" aria-selected={index === chosen} ref={(element) => void (index === chosen && element?.scrollIntoView({ block: 'nearest' }))} onPointerMove={() => index !== chosen && setAt(index)} onClick={() => run(choice)}>
            {choice.file && <FileIcon name={choice.title} />}
            <span>{choice.title}</span>
            <span className="palette-note">{choice.note}</span>
            {choice.keys !== undefined && <kbd>{choice.keys}</kbd>}
          </li>
        ))}
        {choices.length === 0 && <li className="panel-empty">Nothing matches.</li>}
      </ul>
    </dialog>
  );
}

function commandChoices(session: WorkspaceSession): Choice[] {
  return COMMANDS.filter(({ id }) => id !== 'commands').map(({ id, title, keys, run }) => ({ id, title, note: '', keys, file: false, run: () => run(session) }));
}

function fileChoices(session: WorkspaceSession, files: { id: string; path: string }[], recent: string[], line: number): Choice[] {
  const order = new Map(recent.map((key, index) => [key.slice(key.indexOf(':') + 1), index]));
  return files
    .toSorted((a, b) => (order.get(a.id) ?? 1e6) - (order.get(b.id) ?? 1e6))
    .map(({ id, path }) => ({ id, title: baseName(path), note: folderName(path), keys: undefined, file: true, run: () => (line > 0 ? session.reveal(id, line, 1) : session.tabs.open(id, { pinned: true })) }));
}

function rank(choices: Choice[], query: string): Choice[] {
  if (query === '') return choices.slice(0, MOST);
  const scored = choices.flatMap((choice) => {
    const score = fuzzyScore(query, choice.note === '' ? choice.title : `${choice.note}/${choice.title}`);
    return score === undefined ? [] : [{ choice, score }];
  });
  return scored.sort((a, b) => a.score - b.score).slice(0, MOST).map(({ choice }) => choice);
}
