import { FolderUp, GitBranch, Package } from 'lucide-react';
import { useRef, useState } from 'react';
import type { DragEvent } from 'react';
import type { ImportSource } from '../api/transfer.ts';
import { describeError } from '../state/describe-error.ts';
import { packChosen, packDropped } from '../state/pack-folder.ts';
import { Button } from './controls.tsx';

/** Chooses what to import: a zip file or a folder, dropped or chosen, or the address of a repository. `onSource` hears of each choice, with a name for it. */
export function ImportFields({ onSource }: { onSource: (source: ImportSource | undefined, name: string) => void }) {
  const [chosen, setChosen] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const [url, setUrl] = useState('');
  const [ref, setRef] = useState('');
  const [isOver, setOver] = useState(false);
  const zipInput = useRef<HTMLInputElement>(null);
  const folderInput = useRef<HTMLInputElement>(null);

  const take = (name: string, work: () => Promise<Blob>) => {
    setProblem(undefined);
    setChosen(`Reading ${name}…`);
    work().then(
      (bytes) => {
        setChosen(`${name} (${Math.ceil(bytes.size / 1024).toLocaleString()} KiB)`);
        setUrl('');
        onSource({ kind: 'zip', bytes }, name.replace(/\.zip$/i, ''));
      },
      (error: unknown) => {
        setChosen(undefined);
        setProblem(describeError(error).message);
        onSource(undefined, '');
      },
    );
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    event.stopPropagation();
    setOver(false);
    const { items, files } = event.dataTransfer;
    const name = files.length === 1 ? (files[0]?.name ?? 'files') : `${files.length} files`;
    // The items are gone after this event.
    const packing = packDropped(items);
    take(name, () => packing);
  };
  const onGit = (address: string, branch: string) => {
    setUrl(address);
    setRef(branch);
    if (address !== '') setChosen(undefined);
    const name = address.replace(/\/+$/, '').split('/').pop()?.replace(/\.git$/, '') ?? '';
    onSource(address.trim() === '' ? undefined : { kind: 'git', url: address.trim(), ref: branch.trim() === '' ? undefined : branch.trim() }, name);
  };
  return (
    <div className="import-fields">
      <div className={isOver ? 'drop-zone over' : 'drop-zone'} onDragOver={(event) => (event.preventDefault(), setOver(true))} onDragLeave={() => setOver(false)} onDrop={onDrop}>
        <p>{chosen ?? 'Drop a folder or a zip file here'}</p>
        <div className="drop-buttons">
          <Button small onClick={() => zipInput.current?.click()}>
            <Package size={13} /> Choose a zip file
          </Button>
          <Button small onClick={() => folderInput.current?.click()}>
            <FolderUp size={13} /> Choose a folder
          </Button>
        </div>
        <input ref={zipInput} type="file" hidden accept=".zip,application/zip" aria-label="Zip file" onChange={({ target: { files } }) => files?.[0] !== undefined && take(files[0].name, async () => files[0] as Blob)} />
        <input ref={folderInput} type="file" hidden aria-label="Folder" {...{ webkitdirectory: '' }} onChange={({ target: { files } }) => files !== null && files.length > 0 && take(files[0]?.webkitRelativePath.split('/')[0] ?? 'folder', () => packChosen(files))} />
        {problem !== undefined && (
          <p className="field-error" role="alert">
            {problem}
          </p>
        )}
      </div>
      <div className="create-fields">
        <label className="field">
          <span className="field-label">
            <GitBranch size={12} aria-hidden="true" /> or a public Git repository
          </span>
          <input className="input" type="url" placeholder="https://github.com/owner/project.git" maxLength={2000} value={url} onChange={(event) => onGit(event.target.value, ref)} />
        </label>
        <label className="field">
          <span className="field-label">Branch or tag</span>
          <input className="input" placeholder="Default branch" maxLength={250} value={ref} onChange={(event) => onGit(url, event.target.value)} />
        </label>
      </div>
      <p className="hint">node_modules and .git are left out: packages are installed anew.</p>
    </div>
  );
}
