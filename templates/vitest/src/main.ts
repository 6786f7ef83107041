import { total } from './cart.ts';
import './style.css';

const app = document.querySelector('#app');
if (app === null) throw new Error('index.html has no element with the id "app"');
const cents = total([{ name: 'Fern', price: 1250, quantity: 2 }]);
app.innerHTML = `<h1>Vitest</h1><p>Two ferns cost ${(cents / 100).toFixed(2)}.</p><p>Run <code>npm test</code> in the terminal.</p>`;
