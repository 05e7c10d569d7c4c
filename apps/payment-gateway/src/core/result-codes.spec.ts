import { describe, expect, it } from '@jest/globals';
import { resultCodes } from '@scantill/alipay';
import { cancelCodes, inquiryPaymentCodes, inquiryRefundCodes, payCodes, refundCodes, treatmentOf, type ResultStatus, type Treatment } from './result-codes.js';

const tables = { pay: payCodes, inquiryPayment: inquiryPaymentCodes, cancel: cancelCodes, refund: refundCodes, inquiryRefund: inquiryRefundCodes } satisfies Record<keyof typeof resultCodes, unknown>;
const operations = Object.keys(tables) as (keyof typeof tables)[];
const statuses: readonly ResultStatus[] = ['S', 'F', 'U'];

/** What is done about a code that is neither yes nor no. */
const undecided = new Set<Treatment['kind']>(['repeat', 'ask', 'misconfigured']);

describe.each(operations)('the result codes of %s', (operation) => {
  const table = tables[operation];
  it('have a treatment each, and no table has a code that Alipay does not know', () => {
    expect(Object.keys(table).sort()).toEqual([...resultCodes[operation]].sort());
  });

  it('accept only SUCCESS', () => {
    expect(Object.keys(table).filter((code) => table[code]?.kind === 'accepted')).toEqual(['SUCCESS']);
  });

  it('mean yes only beside S, and a no only beside F', () => {
    for (const code of Object.keys(table)) {
      const [s, f, u] = statuses.map((status) => treatmentOf(table, status, code).kind);
      expect({ code, s }).toEqual({ code, s: code === 'SUCCESS' ? 'accepted' : 'ask' });
      expect({ code, f }).toEqual({ code, f: code === 'SUCCESS' ? 'ask' : table[code]?.kind });
      expect({ code, u, isUndecided: undecided.has(u ?? 'accepted') }).toEqual({ code, u, isUndecided: true });
    }
  });

  it.each(['NEVER_HEARD_OF', '', 'success', 'constructor', '__proto__', 'toString'])('say nothing when the code is %p: it is asked about', (code) => {
    for (const status of statuses) expect(treatmentOf(table, status, code)).toEqual({ kind: 'ask' });
  });
});

describe('a failure of the gateway itself', () => {
  it.each(operations)('is no word about the payment: %s', (operation) => {
    for (const code of ['SYSTEM_ERROR', 'UNKNOWN_EXCEPTION', 'REQUEST_TRAFFIC_EXCEED_LIMIT']) {
      for (const status of ['F', 'U'] as const) expect(treatmentOf(tables[operation], status, code)).toEqual({ kind: 'repeat' });
    }
    for (const code of ['SIGNATURE_INVALID', 'KEY_NOT_FOUND', 'ACCESS_DENIED']) expect(treatmentOf(tables[operation], 'F', code)).toEqual({ kind: 'misconfigured' });
  });
});
