export { ModelWatchService } from './model-watch.service.js';
export { ScoreboardModule } from './scoreboard.module.js';
