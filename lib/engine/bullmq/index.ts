export { BullMqEngine } from './bullmq.engine.js';
export type { BullMqEngineOptions } from './bullmq.options.js';
