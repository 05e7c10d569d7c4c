import type { EventDefinition } from './envelope.js';
import * as directory from './events/directory-events.js';
import * as notification from './events/notification-events.js';
import * as order from './events/order-events.js';
import * as payment from './events/payment-events.js';
import * as reconciliation from './events/reconciliation-events.js';
import * as store from './events/store-events.js';

/** Every released event, for the generated schemas, the AsyncAPI document and the golden samples. */
export const catalogue: readonly EventDefinition[] = [store, order, payment, directory, notification, reconciliation]
  .flatMap((module): unknown[] => Object.values(module))
  .filter((value): value is EventDefinition => typeof value === 'object' && value !== null && 'topic' in value && 'version' in value);
