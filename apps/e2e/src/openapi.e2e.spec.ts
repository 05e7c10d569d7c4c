import { describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { demo } from './config.js';
import { askFor } from './http.js';

interface Operation {
  readonly summary?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly responses: Readonly<Record<string, unknown>>;
}
interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

describe.each([
  ['order', demo.order.url, ['post /v1/orders', 'get /v1/orders/{orderId}', 'post /v1/orders/{orderId}/cancel', 'get /v1/orders/{orderId}/code.svg', 'get /v1/orders/{orderId}/code.png']],
  ['notification', demo.notification.url, ['get /v1/stores/{storeId}/events', 'get /v1/orders/{orderId}/told']],
  ['reconciliation', demo.reconciliation.url, ['post /v1/files', 'get /v1/files/{fileId}', 'get /v1/days/{date}', 'get /v1/days/{date}/breaks', 'get /v1/breaks', 'post /v1/breaks/{breakId}/approve', 'put /v1/contracts/{accountId}/{validFrom}', 'get /v1/orders/{orderId}/expectations']],
])('the document that %s serves of itself', (_service, url, routes) => {
  const read = (): Promise<OpenApi> => askFor(`${url}/v1/openapi.json`);

  it('is valid OpenAPI 3.1', async () => {
    const document = await read();
    const validator = new Validator();
    expect(await validator.validate({ ...document })).toMatchObject({ valid: true });
    expect([validator.version, document.openapi]).toEqual(['3.1', '3.1.0']);
  });

  it('describes every route, with its parameters and what it answers', async () => {
    const { paths } = await read();
    const operations = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));
    expect(operations.map(({ path, method }) => `${method} ${path}`)).toEqual(expect.arrayContaining(routes));
    for (const { path, operation } of operations) {
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name, required }) => [`{${name}}`, required])).toEqual((path.match(/\{\w+\}/g) ?? []).map((name) => [name, true]));
      expect(operation.summary).toMatch(/\w/);
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining([expect.stringMatching(/^2\d\d$/), expect.stringMatching(/^4\d\d$/)]));
    }
  });
});
