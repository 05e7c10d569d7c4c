import { allowed, importOf, refused, type Probe } from './probe.ts';

const RULE = 'no-restricted-imports';

const configuration = 'Read configuration in config.ts.';
const signatures = 'The simulator signs and verifies by its own path, so that a mistake cannot cancel itself out.';
const events = 'The platform knows the envelope and directory events, no others.';

/** What each ban says, and an import for each of its patterns. */
const bans = {
  outsidePure: {
    message: 'Pure code: only siblings and @scantill/kernel may be imported here.',
    imports: ['zod', 'node:fs', '@scantill/contracts', '../outbound/order.repository.js', './../flows/place-order.js', '@scantill/kernel/money'],
  },
  inbound: { message: 'Inner code does not know who called it.', imports: ['../inbound/orders.controller.js'] },
  flows: { message: 'Outbound code is called; it calls nothing back.', imports: ['../flows/place-order.js'] },
  outbound: { message: 'Inbound code calls a flow.', imports: ['../outbound/order.repository.js'] },
  wiring: { message: 'Only main.ts knows the wiring.', imports: ['../order.module.js', '../main.js'] },
  database: { message: 'Only outbound/ touches the database client.', imports: ['@scantill/db-order', '@prisma/client', 'pg', 'pg-copy-streams'] },
  testing: { message: 'Only spec files import test code.', imports: ['@scantill/testing', '@jest/globals', 'fast-check', '../test/start-order.js'] },
  process: { message: configuration, imports: ['process', 'node:process'] },
  ownIndex: { message: 'Inside a project, import the file itself.', imports: ['./index.js', '../index.js', '../core/index.js'] },
} as const;
type Ban = keyof typeof bans;

const everywhere = ['testing', 'process', 'ownIndex'] as const satisfies readonly Ban[];

/** Every place, as files that stand for it, and what is banned there. */
const places: readonly (readonly [files: readonly string[], banned: readonly Ban[]])[] = [
  [['apps/order/src/order.module.ts', 'apps/order/src/config.ts', 'libs/contracts/src/probe.ts', 'libs/alipay/src/probe.ts'], ['database', ...everywhere]],
  [['apps/order/src/core/probe.ts', 'libs/kernel/src/probe.ts'], ['outsidePure']],
  [['apps/order/src/inbound/probe.ts'], ['outbound', 'wiring', 'database', ...everywhere]],
  [['apps/order/src/flows/probe.ts'], ['inbound', 'wiring', 'database', ...everywhere]],
  [['apps/order/src/outbound/probe.ts'], ['inbound', 'flows', 'wiring', ...everywhere]],
  [['apps/simulator/src/alipay/probe.ts'], ['database', ...everywhere]],
  [['libs/platform/src/probe.ts'], ['database', ...everywhere]],
  [['libs/platform/src/database.ts', 'libs/platform/src/prisma.ts', 'libs/platform/src/inbox/probe.ts', 'libs/platform/src/outbox/probe.ts'], [...everywhere]],
  [['apps/order/src/main.ts'], ['database', 'testing', 'ownIndex']],
];

const banned = places.flatMap(([files, names]) =>
  files.flatMap((file) => names.flatMap((name) => bans[name].imports.map((what) => refused(RULE, file, importOf(what), bans[name].message)))),
);

const may = (file: string, ...names: readonly string[]): Probe[] => names.map((name) => allowed(RULE, file, importOf(name)));

/** Which folder may import what; every ban of every place by itself, because a place that comes later replaces the bans of an earlier one. */
export const importProbes: readonly Probe[] = [
  ...banned,
  ...['Signer', 'Verifier', 'signedPrefix', 'readNotification', 'AlipayClient'].map((name) => refused(RULE, 'apps/simulator/src/probe.ts', `import { ${name} } from '@scantill/alipay';\nexport const seen = ${name};\n`, signatures)),
  ...['libs/platform/src/probe.ts', 'libs/platform/src/inbox/probe.ts'].map((file) => refused(RULE, file, "import { orderPaidV1 } from '@scantill/contracts';\nexport const seen = orderPaidV1;\n", events)),
  allowed(RULE, 'libs/platform/src/probe.ts', "import { directoryStoreChangedV1, type EventDefinition } from '@scantill/contracts';\nexport const seen: EventDefinition = directoryStoreChangedV1;\n"),
  allowed(RULE, 'libs/platform/src/inbox/probe.ts', "import { directoryStoreChangedV1, envelope } from '@scantill/contracts';\nexport const seen = [directoryStoreChangedV1, envelope];\n"),
  allowed(RULE, 'apps/simulator/src/probe.ts', "import { payRequest } from '@scantill/alipay';\nexport const seen = payRequest;\n"),
  allowed(RULE, 'apps/payment-gateway/src/outbound/probe.ts', "import { AlipayClient } from '@scantill/alipay';\nexport const seen = AlipayClient;\n"),
  allowed(RULE, 'apps/order/src/flows/probe.ts', "import { orderPaidV1 } from '@scantill/contracts';\nexport const seen = orderPaidV1;\n"),
  ...may('apps/order/src/core/probe.ts', './order.js', './parts/order.js', '@scantill/kernel'),
  ...may('apps/order/src/inbound/probe.ts', '../flows/place-order.js', '../core/order.js'),
  ...may('apps/order/src/flows/probe.ts', '../outbound/order.repository.js', '../core/order.js'),
  ...may('apps/order/src/outbound/probe.ts', '../core/order.js', '@scantill/db-order', 'pg'),
  ...may('apps/order/src/order.module.ts', './inbound/orders.controller.js', './flows/place-order.js', './outbound/order.repository.js'),
  ...may('apps/order/src/main.ts', './order.module.js', 'node:process'),
  ...['libs/platform/src/database.ts', 'libs/platform/src/prisma.ts', 'libs/platform/src/inbox/probe.ts', 'libs/platform/src/outbox/probe.ts'].flatMap((file) => may(file, 'pg')),
  ...['apps/order/src/core/probe.spec.ts', 'apps/order/test/probe.ts', 'apps/e2e/src/probe.ts'].flatMap((file) => may(file, '@jest/globals')),
  ...may('libs/testing/src/probe.ts', 'pg'),
];
