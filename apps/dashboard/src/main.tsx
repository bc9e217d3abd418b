import './zod-without-eval.js';
import './shell/mantine.css';
import './shell/page.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createLiveStore } from './live/live.store.js';
import { App } from './shell/app.js';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element #root.');
createRoot(root).render(
  <StrictMode>
    <App store={createLiveStore()} />
  </StrictMode>,
);
