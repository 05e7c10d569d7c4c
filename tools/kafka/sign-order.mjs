import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';

const usage = `node tools/kafka/sign-order.mjs [--demo FILE] [--type TYPE] [--id ID] [--time INSTANT] < order.json

Reads what a store asks for, and prints it as the signed line that the Java console producer publishes on store.orders
(parse.headers=true, parse.key=true, headers.separator=;). Needs nothing but Node: an example for store systems.

  --demo FILE     where chain, key id and secret are read from; default .data/demo.json
  --type TYPE     default store.order-requested
  --id ID         of the message; whoever sends again repeats it, with the same --time. Default: a new one
  --time INSTANT  RFC 3339; default now
`;

/** @typedef {{ readonly id: string, readonly keyId: string, readonly ordersSecret: string }} Chain */
/** A trading day has no order: its key names the store. @typedef {{ readonly orderId?: string, readonly storeId: string }} Asked */

const { values } = parseArgs({
  options: {
    demo: { type: 'string', default: '.data/demo.json' },
    type: { type: 'string', default: 'store.order-requested' },
    id: { type: 'string', default: randomUUID() },
    time: { type: 'string', default: new Date().toISOString() },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) process.stdout.write(usage);
else {
  const { chain } = /** @type {{ chain: Chain }} */ (JSON.parse(readFileSync(values.demo, 'utf8')));
  const order = /** @type {Asked} */ (JSON.parse(await text(process.stdin)));
  process.stdout.write(`${signedLine(chain, order, values)}\n`);
}

/**
 * Headers, key and value as the console producer reads them: parted by tabs, which JSON never holds unescaped.
 * @param {Chain} chain
 * @param {Asked} order
 * @param {{ type: string, id: string, time: string }} message
 */
function signedLine(chain, order, { type, id, time }) {
  const body = JSON.stringify({ id, type, version: 1, source: 'sign-order.mjs', time, data: { chainId: chain.id, ...order } });
  const timestamp = Math.floor(Date.now() / 1000);
  const headers = {
    'key-id': chain.keyId,
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': sign({ id, timestamp, body, secret: chain.ordersSecret }),
  };
  const written = Object.entries(headers).map(([name, value]) => `${name}:${value}`).join(';');
  return `${written}\t${chain.id}:${order.orderId ?? order.storeId}\t${body}`;
}

/**
 * Standard Webhooks: HMAC-SHA256 over `id.timestamp.body` under the decoded secret, as base64 behind `v1,`.
 * @param {{ id: string, timestamp: number, body: string, secret: string }} message the secret as `whsec_<base64>`
 */
function sign({ id, timestamp, body, secret }) {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}
