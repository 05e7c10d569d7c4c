import { operations, type Operation } from '@scantill/alipay';
import { z } from 'zod';

/** What can go wrong: the five calls, and Alipay's own message to the merchant. */
export const faultOperations = [...operations, 'notifyPayment'] as const;
export type FaultOperation = (typeof faultOperations)[number];

const WAIT_MAX_MS = 120_000;
const LATER_MAX_MS = 30 * 86_400_000;
const COPIES_MAX = 20;
export const RULES_MAX = 1_000;
const COUNT_MAX = 1_000_000_000;

const waitMs = z.number().int().min(0).max(WAIT_MAX_MS);
const laterMs = z.number().int().min(0).max(LATER_MAX_MS);
const code = z.string().regex(/^[A-Z][A-Z_]{1,63}$/, 'a result code like UNKNOWN_EXCEPTION');

/** Both sides of a broken connection look the same to the caller, but not to its patience. */
const lossWays = ['connection-reset', 'no-answer'] as const;

/** Anything that can happen to a call or a notification. Times of calls are real, those of Alipay's business are business time. */
const details = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('no-answer') }),
  z.strictObject({ kind: z.literal('connection-reset') }),
  z.strictObject({ kind: z.literal('slow'), ms: waitMs, effect: z.enum(['at-once', 'late']).default('at-once') }),
  z.strictObject({ kind: z.literal('http-status'), status: z.number().int().min(201).max(599).default(503) }),
  z.strictObject({ kind: z.literal('answer'), resultStatus: z.enum(['F', 'U']), resultCode: code }),
  z.strictObject({ kind: z.literal('unsigned') }),
  z.strictObject({ kind: z.literal('bad-signature') }),
  z.strictObject({ kind: z.literal('lost-after-effect'), by: z.enum(lossWays).default('connection-reset') }),
  z.strictObject({ kind: z.literal('u-after-effect'), resultCode: code.default('UNKNOWN_EXCEPTION') }),
  z.strictObject({ kind: z.literal('pay-after-expiry'), ms: laterMs.optional() }),
  z.strictObject({ kind: z.literal('pay-crossing-cancel'), when: z.enum(['before', 'after']).default('before') }),
  z.strictObject({ kind: z.literal('refund-asynchronous'), ms: laterMs, outcome: z.enum(['SUCCESS', 'FAIL']).default('SUCCESS') }),
  z.strictObject({ kind: z.literal('dropped'), attempts: z.enum(['all', 'this']).default('this') }),
  z.strictObject({ kind: z.literal('delayed'), ms: laterMs }),
  z.strictObject({ kind: z.literal('duplicated'), times: z.number().int().min(2).max(COPIES_MAX).default(2) }),
  z.strictObject({ kind: z.literal('reordered') }),
  z.strictObject({ kind: z.literal('before-pay-answer') }),
  z.strictObject({ kind: z.literal('wrong-amount'), value: z.string().regex(/^\d{1,16}$/, 'whole digits').optional() }),
  z.strictObject({ kind: z.literal('wrong-currency'), currency: z.string().regex(/^[A-Z]{3}$/, 'a currency like EUR').optional() }),
]);

/** A fault without particulars may be written as its name alone. */
export const fault = z.preprocess((value) => (typeof value === 'string' ? { kind: value } : value), details);
export type Fault = z.output<typeof details>;
export type FaultKind = Fault['kind'];
export type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>;

const anyCall: readonly FaultOperation[] = operations;
const notification: readonly FaultOperation[] = ['notifyPayment'];
const only = (operation: Operation): readonly FaultOperation[] => [operation];

/** Where a fault can happen. */
export const placesOf: Record<FaultKind, readonly FaultOperation[]> = {
  'no-answer': anyCall, 'connection-reset': anyCall, 'slow': anyCall, 'http-status': anyCall, 'answer': anyCall, 'unsigned': anyCall,
  'bad-signature': faultOperations, 'lost-after-effect': anyCall, 'u-after-effect': anyCall,
  'pay-after-expiry': only('pay'), 'pay-crossing-cancel': only('cancel'), 'refund-asynchronous': only('refund'),
  'dropped': notification, 'delayed': notification, 'duplicated': notification, 'reordered': notification, 'before-pay-answer': notification,
  'wrong-amount': notification, 'wrong-currency': notification,
};
export const faultKinds = Object.keys(placesOf) as FaultKind[];

const count = z.number().int().min(1).max(COUNT_MAX);

/** Which calls go wrong, and how. `nth`, `every` and `share` count the calls that the rule is about, from when the plan was set. */
export const rule = z
  .strictObject({
    operation: z.enum(faultOperations),
    paymentRequestId: z.string().min(1).max(64).optional(),
    nth: count.optional(),
    every: count.optional(),
    share: z.number().min(0).max(1).optional(),
    /** The most calls it strikes. */
    times: count.optional(),
    fault,
  })
  .superRefine(({ operation, fault: { kind }, nth, every, share }, context) => {
    if (!placesOf[kind].includes(operation)) context.addIssue({ code: 'custom', path: ['fault'], message: `${kind} can happen to ${placesOf[kind].join(', ')}, not to ${operation}` });
    if ([nth, every, share].filter((each) => each !== undefined).length > 1) context.addIssue({ code: 'custom', path: [], message: 'nth, every and share exclude each other' });
  });
export type Rule = z.output<typeof rule>;

export const seed = z.number().int().min(0).max(4_294_967_295);

/** A plan as it is written down: its rules, the first one that strikes wins; the seed decides what `share` strikes. */
export const writtenPlan = z.strictObject({ seed: seed.default(0), rules: z.array(rule).max(RULES_MAX) });
export type WrittenPlan = z.output<typeof writtenPlan>;
