import { describe, expect, it } from '@jest/globals';
import { cancel, codeIssued, place, refund, refundSucceeded, succeeded, tell } from '../../test/orders.js';
import { decideAcknowledgement } from './acknowledgement.js';

const paid = tell([place, codeIssued, succeeded()]).order;

describe('the acknowledgement of an order', () => {
  it('that is paid is news, also once something of it was given back', () => {
    const refunded = tell([refund('all'), refundSucceeded('all', 1_099n)], paid).order;
    expect(decideAcknowledgement(paid, 'pier-1')).toEqual({ ok: true, value: paid });
    expect(decideAcknowledgement(refunded, 'pier-1')).toEqual({ ok: true, value: refunded });
  });

  it('is news once', () => {
    expect(decideAcknowledgement({ ...paid, acknowledged: { by: 'read', at: new Date() } }, 'pier-1')).toEqual({ ok: true, value: undefined });
  });

  it('stays when money is given back', () => {
    const acknowledged = { by: 'message', at: new Date() } as const;
    expect(tell([refund('all'), refundSucceeded('all', 1_099n)], { ...paid, acknowledged }).order).toMatchObject({ status: 'refunded', acknowledged });
  });

  it.each([
    ['waits for its code', [place]],
    ['can be paid', [place, codeIssued]],
    ['is being cancelled', [place, cancel]],
  ])('that %s is refused', (_state, inputs) => {
    expect(decideAcknowledgement(tell(inputs).order, 'pier-1')).toEqual({ ok: false, error: { kind: 'NothingToAcknowledge' } });
  });

  it('of another store, or of none, does not exist for whoever says so', () => {
    for (const order of [paid, undefined]) expect(decideAcknowledgement(order, 'pier-2')).toEqual({ ok: false, error: { kind: 'OrderNotFound' } });
  });
});
