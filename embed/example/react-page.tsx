/** The example's React page. `EXAMPLE` comes from the server that bundles this. */
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import type { Placed } from '../address.ts';
import { IsolatedPreview } from '../react.tsx';

declare const EXAMPLE: Placed;

function Example() {
  const [show, setShow] = useState({ showEditor: true, showConsole: true, showNetwork: false });
  const [events, setEvents] = useState<string[]>([]);
  const note = (event: string) => setEvents((all) => [...all, event]);
  const choice = (name: keyof typeof show, label: string) => (
    <label>
      <input type="checkbox" checked={show[name]} onChange={({ target }) => setShow({ ...show, [name]: target.checked })} /> {label}
    </label>
  );
  return (
    <>
      <fieldset>
        <legend>Show</legend>
        {choice('showEditor', 'Editor')}
        {choice('showConsole', 'Console')}
        {choice('showNetwork', 'Network')}
      </fieldset>
      <IsolatedPreview
        {...EXAMPLE}
        {...show}
        className="preview"
        onReady={() => note('ready')}
        onRoute={(route) => note(`route ${JSON.stringify(route)}`)}
        onError={(error) => note(`error ${JSON.stringify(error)}`)}
      />
      <output aria-label="Events of the component">{events.join('\n')}</output>
    </>
  );
}

const root = document.querySelector('#root');
if (root !== null) createRoot(root).render(<Example />);
