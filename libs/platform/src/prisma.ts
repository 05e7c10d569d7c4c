import { PrismaPg } from '@prisma/adapter-pg';
import type { Database } from './database.js';

/** For a service's generated client, on the pool that the service has anyway. The typed client answers questions; what orders wait for is raw SQL. */
export function prismaAdapter(database: Database): PrismaPg {
  return new PrismaPg(database.pool);
}
