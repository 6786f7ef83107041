import { useState } from 'react';

export function App() {
  const [count, setCount] = useState(0);
  return (
    <main>
      <h1>React + TypeScript</h1>
      <button type="button" onClick={() => setCount((previous) => previous + 1)}>
        Count is {count}
      </button>
      <p>
        Edit <code>src/App.tsx</code> and watch this page follow.
      </p>
    </main>
  );
}
