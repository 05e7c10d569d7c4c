import { describe, expect, it } from '@jest/globals';
import { isTransient } from './database.js';

/** As Prisma 7.10 throws what its driver adapter was told by the database. */
function throughPrisma(code: string, originalCode?: string): Error {
  const meta = originalCode === undefined ? {} : { modelName: 'Order', driverAdapterError: { name: 'DriverAdapterError', cause: { kind: 'postgres', originalCode } } };
  return Object.assign(new Error('Invalid `prisma.order.findUnique()` invocation'), { code, meta });
}

describe('an error of the database', () => {
  it.each([
    ['it is starting up', Object.assign(new Error(), { code: '57P03' })],
    ['it is starting up, through Prisma', throughPrisma('P2039', '57P03')],
    ['it has too many connections, through Prisma', throughPrisma('P2037', '53300')],
    ['it cannot be reached, through Prisma', throughPrisma('P1001', 'ECONNREFUSED')],
    ['it hung up, in Prisma\'s words', throughPrisma('P1017')],
    ['it was not reached', Object.assign(new Error(), { code: 'ECONNREFUSED' })],
    ['it hung up', new Error('Connection terminated unexpectedly')],
  ])('is its own account when %s', (_why, error) => {
    expect(isTransient(error)).toBe(true);
  });

  it.each([
    ['a constraint', Object.assign(new Error(), { code: '23514' })],
    ['a constraint, through Prisma', throughPrisma('P2004', '23514')],
    ['a missing row, in Prisma\'s words', throughPrisma('P2025')],
    ['no error of a database at all', new TypeError('x is undefined')],
    ['nothing', undefined],
  ])('is not, when it is %s', (_why, error) => {
    expect(isTransient(error)).toBe(false);
  });
});
