import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.js';

const good = {
  SIMULATOR_PUBLIC_URL: 'http://192.168.1.5:8085/', SIMULATOR_CLIENT_ID: 'T_1', SIMULATOR_CUSTOMER_ID: '1022', SIMULATOR_MERCHANT_PUBLIC_KEY_FILE: 'a',
  SIMULATOR_ALIPAY_PRIVATE_KEY_FILE: 'b', SIMULATOR_DATA_DIR: 'c',
};

describe('the environment', () => {
  it('is read with its defaults; an empty variable is none', () => {
    expect(readConfig({ ...good, SIMULATOR_CONFIRM_AFTER_MS: '' })).toMatchObject({ SIMULATOR_PORT: 8085, SIMULATOR_PUBLIC_URL: 'http://192.168.1.5:8085', BIND_HOST: '127.0.0.1', CLOCK_SCALE: 1 });
  });

  it('is refused with all its problems at once', () => {
    const read = () => readConfig({ ...good, SIMULATOR_PORT: '99999', SIMULATOR_PUBLIC_URL: 'ftp://x', SIMULATOR_CUSTOMER_ID: '../etc', SIMULATOR_DATA_DIR: undefined });
    for (const name of ['SIMULATOR_PORT', 'SIMULATOR_PUBLIC_URL', 'SIMULATOR_CUSTOMER_ID', 'SIMULATOR_DATA_DIR']) expect(read).toThrow(name);
  });
});
