import { ChevronDown, ChevronRight, FilePlus, FolderPlus, ListCollapse } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { DragEvent, KeyboardEvent, MouseEvent } from 'react';
import { putFile } from '../../api/environments.ts';
import { attempt, toast } from '../../state/toasts.ts';
import { IconButton } from '../../ui/controls.tsx';
import { FileIcon } from '../../ui/FileIcon.tsx';
import { Menu } from '../../ui/Menu.tsx';
import type { MenuEntry } from '../../ui/Menu.tsx';
import { useSelected, useStore } from '../../ui/use-store.ts';
import { ancestors, baseName, folderName, visibleRows } from '../../workspace/file-tree.ts';
import type { TreeNode } from '../../workspace/file-tree.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';

/** What is being typed: a new name in a folder, or another name for a row. */
type Naming = { kind: 'file' | 'folder'; parent: string } | { kind: 'rename'; row: TreeNode };

const DRAG_TYPE = 'application/x-terrarium-path';

export function FileTree({ session }: { session: WorkspaceSession }) {
  const files = useStore(session.files);
  const activeId = useSelected(session.tabs.store, ({ tabs, active }) => tabs.find((tab) => `${tab.kind}:${tab.fileId}` === active)?.fileId);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(() => new Set(['src']));
  const [focused, setFocused] = useState<string>();
  const [naming, setNaming] = useState<Naming>();
  const [menu, setMenu] = useState<{ at: { x: number; y: number }; row: TreeNode | undefined }>();
  const [dropTarget, setDropTarget] = useState<string>();
  const tree = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => visibleRows(files, expanded), [files, expanded]);

  const open = useCallback((paths: string[]) => setExpanded((before) => new Set([...before, ...paths])), []);
  const toggle = useCallback((path: string) => setExpanded((before) => (before.has(path) ? new Set([...before].filter((one) => one !== path)) : new Set([...before, path]))), []);

  useEffect(() => {
    const path = files.find((file) => file.id === activeId)?.path;
    if (path === undefined) return;
    open(ancestors(path));
    setFocused(path);
    // Files come and go while one is active; only another active file moves the tree.
  }, [activeId]); // eslint-disable-line react-hooks/exhaustive-deps

  const focusRow = (path: string | undefined) => {
    setFocused(path);
    tree.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(path ?? '')}"]`)?.focus();
  };
  const begin = (kind: 'file' | 'folder', parent: string) => {
    if (parent !== '') open([...ancestors(`${parent}/x`)]);
    setNaming({ kind, parent });
  };
  const remove = (row: TreeNode) => {
    const { fileId } = row;
    attempt(() => (row.kind === 'file' && fileId !== undefined ? session.edits.delete([fileId]) : session.edits.deleteFolder(row.path)));
  };
  const finish = (name: string) => {
    const current = naming;
    setNaming(undefined);
    if (current === undefined || name === '') return;
    attempt(() => applyName(session, current, name));
  };
  const move = (from: string, folder: string) => {
    const to = folder === '' ? baseName(from) : `${folder}/${baseName(from)}`;
    if (to === from) return;
    attempt(() => {
      const file = files.find((one) => one.path === from);
      if (file === undefined) session.edits.renameFolder(from, to);
      else session.edits.rename(file.id, to);
      open(ancestors(to));
    });
  };
  const folderAt = (row: TreeNode | undefined) => (row === undefined ? '' : row.kind === 'folder' ? row.path : folderName(row.path));

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target instanceof HTMLInputElement) return;
    const at = rows.findIndex((row) => row.path === focused);
    const row = rows[at];
    const keys: Record<string, () => void> = {
      ArrowDown: () => focusRow(rows[Math.min(at + 1, rows.length - 1)]?.path),
      ArrowUp: () => focusRow(rows[Math.max(at - 1, 0)]?.path),
      Home: () => focusRow(rows[0]?.path),
      End: () => focusRow(rows.at(-1)?.path),
      ArrowRight: () => (row?.kind === 'folder' && !row.expanded ? toggle(row.path) : focusRow(rows[at + 1]?.path)),
      ArrowLeft: () => (row?.kind === 'folder' && row.expanded ? toggle(row.path) : focusRow(folderName(row?.path ?? '') || focused)),
      Enter: () => row && activate(row, true),
      ' ': () => row && activate(row, false),
      F2: () => row && setNaming({ kind: 'rename', row }),
      Delete: () => row && remove(row),
    };
    const run = keys[event.key];
    if (run === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    run();
  };
  const activate = (row: TreeNode, pinned: boolean) => {
    if (row.kind === 'folder') toggle(row.path);
    else if (row.fileId !== undefined) session.tabs.open(row.fileId, { pinned });
  };

  const onDrop = (event: DragEvent, folder: string) => {
    event.preventDefault();
    event.stopPropagation();
    setDropTarget(undefined);
    const path = event.dataTransfer.getData(DRAG_TYPE);
    if (path !== '') return move(path, folder);
    for (const file of event.dataTransfer.files) attempt(() => upload(session, folder, file));
  };
  const dropProps = (folder: string) => ({
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.some((type) => type === DRAG_TYPE || type === 'Files')) return;
      event.preventDefault();
      event.stopPropagation();
      setDropTarget(folder);
    },
    onDragLeave: () => setDropTarget(undefined),
    onDrop: (event: DragEvent) => onDrop(event, folder),
  });

  return (
    <section className="panel" aria-label="Files">
      <header className="panel-head">
        <h2>Files</h2>
        <IconButton label="New file" small onClick={() => begin('file', folderAt(rows.find((row) => row.path === focused)))}>
          <FilePlus size={14} />
        </IconButton>
        <IconButton label="New folder" small onClick={() => begin('folder', folderAt(rows.find((row) => row.path === focused)))}>
          <FolderPlus size={14} />
        </IconButton>
        <IconButton label="Collapse all" small onClick={() => setExpanded(new Set())}>
          <ListCollapse size={14} />
        </IconButton>
      </header>
      <div
        ref={tree}
        className={`tree ${dropTarget === '' ? 'drop' : ''}`}
        role="tree"
        aria-label="Project files"
        onKeyDown={onKeyDown}
        onContextMenu={(event) => (event.preventDefault(), setMenu({ at: { x: event.clientX, y: event.clientY }, row: undefined }))}
        {...dropProps('')}
      >
        {naming !== undefined && naming.kind !== 'rename' && naming.parent === '' && <NameRow depth={0} naming={naming} onDone={finish} />}
        {rows.map((row, index) => (
          <TreeRow
            key={row.path + (row.fileId ?? '')}
            row={row}
            tabIndex={row.path === focused || (focused === undefined && index === 0) ? 0 : -1}
            active={row.fileId !== undefined && row.fileId === activeId}
            dropping={dropTarget === row.path && row.kind === 'folder'}
            naming={naming?.kind === 'rename' && naming.row.path === row.path ? naming : undefined}
            inside={naming !== undefined && naming.kind !== 'rename' && naming.parent === row.path ? naming : undefined}
            onName={finish}
            onFocus={() => setFocused(row.path)}
            onClick={(event) => (setFocused(row.path), activate(row, event.detail > 1))}
            onMenu={(event) => setMenu({ at: { x: event.clientX, y: event.clientY }, row })}
            drop={row.kind === 'folder' ? dropProps(row.path) : dropProps(folderName(row.path))}
          />
        ))}
        {files.length === 0 && <p className="panel-empty">No files yet. Create one, or drop some here.</p>}
      </div>
      {menu !== undefined && (
        <Menu at={menu.at} label="File actions" onClose={() => setMenu(undefined)} entries={menuEntries(session, menu.row, { begin, rename: (row) => setNaming({ kind: 'rename', row }), remove, folder: folderAt(menu.row) })} />
      )}
    </section>
  );
}

function applyName(session: WorkspaceSession, naming: Naming, name: string): void {
  if (naming.kind === 'rename') {
    const to = folderName(naming.row.path) === '' ? name : `${folderName(naming.row.path)}/${name}`;
    if (naming.row.fileId !== undefined) session.edits.rename(naming.row.fileId, to);
    else session.edits.renameFolder(naming.row.path, to);
    return;
  }
  const path = naming.parent === '' ? name : `${naming.parent}/${name}`;
  if (naming.kind === 'file') return session.tabs.open(session.edits.create(path), { pinned: true });
  // A folder lives by what is in it; the placeholder is the customary one, and goes with any file manager.
  session.edits.create(`${path}/.gitkeep`);
}

async function upload(session: WorkspaceSession, folder: string, file: File): Promise<void> {
  await putFile(session.environmentId, folder === '' ? file.name : `${folder}/${file.name}`, file);
  toast({ kind: 'success', message: `${file.name} is uploaded.` });
}

interface RowActions {
  begin: (kind: 'file' | 'folder', parent: string) => void;
  rename: (row: TreeNode) => void;
  remove: (row: TreeNode) => void;
  folder: string;
}

function menuEntries(session: WorkspaceSession, row: TreeNode | undefined, { begin, rename, remove, folder }: RowActions): MenuEntry[] {
  const create: MenuEntry[] = [
    { label: 'New file', run: () => begin('file', folder) },
    { label: 'New folder', run: () => begin('folder', folder) },
  ];
  if (row === undefined) return create;
  const { fileId } = row;
  const ofFile: MenuEntry[] =
    fileId === undefined
      ? []
      : [
          { label: 'Open', keys: 'Enter', run: () => session.tabs.open(fileId, { pinned: true }) },
          { label: 'Compare with when opened', run: () => session.tabs.open(fileId, { kind: 'diff', pinned: true }) },
          { label: 'Duplicate', run: () => attempt(() => void session.edits.duplicate(fileId)) },
        ];
  return [
    ...ofFile,
    ...(ofFile.length === 0 ? [] : (['-'] as const)),
    ...create,
    '-',
    { label: 'Copy path', run: () => attempt(() => navigator.clipboard.writeText(row.path)) },
    { label: 'Rename', keys: 'F2', run: () => rename(row) },
    { label: 'Delete', keys: 'Del', danger: true, run: () => remove(row) },
  ];
}

interface TreeRowProps {
  row: TreeNode;
  tabIndex: number;
  active: boolean;
  dropping: boolean;
  naming: Naming | undefined;
  inside: Naming | undefined;
  onName: (name: string) => void;
  onFocus: () => void;
  onClick: (event: MouseEvent) => void;
  onMenu: (event: MouseEvent) => void;
  drop: object;
}

function TreeRow({ row, tabIndex, active, dropping, naming, inside, onName, onFocus, onClick, onMenu, drop }: TreeRowProps) {
  if (naming !== undefined) return <NameRow depth={row.depth} naming={naming} onDone={onName} />;
  return (
    <>
      <div
        role="treeitem"
        data-path={row.path}
        aria-level={row.depth + 1}
        aria-selected={active}
        {...(row.kind === 'folder' ? { 'aria-expanded': row.expanded } : {})}
        tabIndex={tabIndex}
        className={`tree-row ${active ? 'active' : ''} ${dropping ? 'drop' : ''}`}
        style={{ paddingLeft: 8 + row.depth * 14 }}
        draggable
        onDragStart={(event) => event.dataTransfer.setData(DRAG_TYPE, row.path)}
        onFocus={onFocus}
        onClick={onClick}
        onContextMenu={(event) => (event.preventDefault(), event.stopPropagation(), onMenu(event))}
        {...drop}
      >
        {row.kind === 'folder' ? row.expanded ? <ChevronDown size={14} /> : <ChevronRight size={14} /> : <FileIcon name={row.name} />}
        <span className="tree-name">{row.name}</span>
      </div>
      {inside !== undefined && <NameRow depth={row.depth + 1} naming={inside} onDone={onName} />}
    </>
  );
}

/** The field in which a name is typed: Enter takes it, Escape drops it, leaving it takes it. */
function NameRow({ depth, naming, onDone }: { depth: number; naming: Naming; onDone: (name: string) => void }) {
  const first = naming.kind === 'rename' ? naming.row.name : '';
  const input = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  const finish = (name: string) => {
    if (done.current) return;
    done.current = true;
    onDone(name === first ? '' : name);
  };
  useEffect(() => {
    input.current?.focus();
    const dot = first.lastIndexOf('.');
    input.current?.setSelectionRange(0, dot > 0 ? dot : first.length);
  }, [first]);
  return (
    <div className="tree-row naming" style={{ paddingLeft: 8 + depth * 14 }}>
      <input
        ref={input}
        defaultValue={first}
        aria-label={naming.kind === 'rename' ? `New name of ${first}` : naming.kind === 'file' ? 'Name of the new file' : 'Name of the new folder'}
        spellCheck={false}
        onBlur={(event) => finish(event.target.value.trim())}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === 'Enter') finish(event.currentTarget.value.trim());
          if (event.key === 'Escape') finish('');
        }}
      />
    </div>
  );
}
