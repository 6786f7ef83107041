/** What somebody pastes into their page to show an environment there (server/embeds/SPEC.md; the attributes and properties are those of `embed/`). */

export interface Pasted {
  /** Origin of the server. */
  server: string;
  taskId: string;
  token: string;
}

export const SNIPPETS = { element: 'Web component', react: 'React', frame: 'Frame' } as const;
export type SnippetKind = keyof typeof SNIPPETS;

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

export function snippet(kind: SnippetKind, { server, taskId, token }: Pasted): string {
  switch (kind) {
    case 'element':
      return `<script type="module" src="${server}/embed.js"></script>\n<isolated-preview task-id="${escaped(taskId)}" token="${token}" show-editor="true" show-console="true" show-network="false" style="height: 600px"></isolated-preview>`;
    case 'react':
      return `import { IsolatedPreview } from 'terrarium-embed';\n\n<IsolatedPreview server=${JSON.stringify(server)} taskId={${JSON.stringify(taskId)}} token="${token}" showEditor showConsole showNetwork={false} style={{ height: 600 }} />`;
    case 'frame':
      return `<iframe title="Terrarium environment" allow="cross-origin-isolated; clipboard-write; fullscreen" style="width: 100%; height: 600px; border: 0" src="${server}/embed/${encodeURIComponent(taskId)}#token=${token}"></iframe>`;
  }
}
