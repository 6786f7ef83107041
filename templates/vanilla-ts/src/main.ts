import { setupCounter } from './counter.ts';
import './style.css';

const app = document.querySelector<HTMLDivElement>('#app');
if (app === null) throw new Error('index.html has no element with the id "app"');
app.innerHTML = `
  <main>
    <h1>Vanilla TypeScript</h1>
    <button type="button"></button>
    <p>Edit <code>src/main.ts</code> and watch this page follow.</p>
  </main>
`;
const button = app.querySelector('button');
if (button !== null) setupCounter(button);
