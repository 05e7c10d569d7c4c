export * from './assert.js';
export * from './business-date.js';
export * from './currency.js';
export * from './ids.js';
export * from './money.js';
export * from './result.js';
