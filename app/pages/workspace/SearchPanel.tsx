import { CaseSensitive, Regex, WholeWord } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { describeError } from '../../state/describe-error.ts';
import { IconButton } from '../../ui/controls.tsx';
import { FileIcon } from '../../ui/FileIcon.tsx';
import { baseName, folderName } from '../../workspace/file-tree.ts';
import { MOST_MATCHES, searchDocument } from '../../workspace/search.ts';
import type { FileMatches, SearchMatch, SearchQuery } from '../../workspace/search.ts';
import type { WorkspaceSession } from '../../workspace/session.ts';

interface Results {
  files: FileMatches[];
  running: boolean;
  problem: string | undefined;
}

const NONE: Results = { files: [], running: false, problem: undefined };

export function SearchPanel({ session }: { session: WorkspaceSession }) {
  const [query, setQuery] = useState<SearchQuery>({ text: '', regex: false, caseSensitive: false, wholeWord: false });
  const [results, setResults] = useState<Results>(NONE);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    if (query.text === '') return setResults(NONE);
    const abort = new AbortController();
    void run(session, query, abort.signal, setResults);
    return () => abort.abort();
  }, [session, query]);

  const count = results.files.reduce((sum, file) => sum + file.matches.length, 0);
  const toggle = (key: 'regex' | 'caseSensitive' | 'wholeWord', label: string, icon: ReactNode) => (
    <IconButton label={label} small aria-pressed={query[key]} onClick={() => setQuery({ ...query, [key]: !query[key] })}>
      {icon}
    </IconButton>
  );
  return (
    <section className="panel" aria-label="Search">
      <header className="panel-head">
        <h2>Search</h2>
      </header>
      <div className="search-field">
        <input ref={input} className="input" aria-label="Search in files" placeholder="Search" spellCheck={false} value={query.text} aria-invalid={results.problem !== undefined} onChange={(event) => setQuery({ ...query, text: event.target.value })} />
        <span className="search-toggles">
          {toggle('caseSensitive', 'Match case', <CaseSensitive size={15} />)}
          {toggle('wholeWord', 'Whole words', <WholeWord size={15} />)}
          {toggle('regex', 'Regular expression', <Regex size={14} />)}
        </span>
      </div>
      <p className="search-count" role="status">
        {results.problem ?? (query.text === '' ? '' : `${count === MOST_MATCHES ? 'first ' : ''}${count} ${count === 1 ? 'match' : 'matches'} in ${results.files.length} ${results.files.length === 1 ? 'file' : 'files'}`)}
      </p>
      <div className="list">
        {results.files.map((file) => (
          <div key={file.fileId}>
            <div className="list-file">
              <FileIcon name={baseName(file.path)} /> {baseName(file.path)} <span>{folderName(file.path)}</span> <span className="chip">{file.matches.length}</span>
            </div>
            {file.matches.slice(0, 200).map((match, index) => (
              <MatchRow key={index} match={match} onOpen={() => session.reveal(file.fileId, match.line, match.column)} />
            ))}
          </div>
        ))}
      </div>
    </section>
  );
}

function MatchRow({ match, onOpen }: { match: SearchMatch; onOpen: () => void }) {
  const end = match.at + match.length;
  return (
    <button type="button" className="list-row match" onClick={onOpen}>
      <span className="list-text">
        {match.column - 1 > match.at && '…'}
        {match.excerpt.slice(0, match.at).trimStart()}
        <mark>{match.excerpt.slice(match.at, end)}</mark>
        {match.excerpt.slice(end)}
      </span>
      <span className="code">{match.line}</span>
    </button>
  );
}

async function run(session: WorkspaceSession, query: SearchQuery, signal: AbortSignal, show: (results: Results) => void): Promise<void> {
  const files: FileMatches[] = [];
  try {
    for await (const file of searchDocument(session.document.doc, query, signal)) files.push(file);
    if (!signal.aborted) show({ files, running: false, problem: undefined });
  } catch (error) {
    show({ files: [], running: false, problem: describeError(error).message });
  }
}
