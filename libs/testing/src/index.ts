export { blocksTouched, prepareFor, type Executed, type Session } from './buffers.js';
export { testBrokers, testDatabaseUrl } from './environment.js';
export { FixedClock } from './fixed-clock.js';
export { eventMessage, signature, storeMessage, type EventChanges, type OutgoingMessage, type StoreMessageChanges, type StoreSigner } from './messages.js';
export { TcpLink } from './tcp-link.js';
export { TestChain, webhookSecret, type TestKey } from './test-chain.js';
export { TestDatabase } from './test-database.js';
export { kafkaThrough, TestKafka, type Reading, type TopicWish } from './test-kafka.js';
export { pauseMs, until } from './until.js';
