import { Controller, Get, Inject } from '@nestjs/common';
import { problems, type ProblemCode, type Scope } from '@scantill/contracts';
import { z } from 'zod';
import { Needs } from './access.js';

/** A route as its clients see it. The schemas are the ones that the controller parses and answers with. */
export interface RouteDescription {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** Parameters in braces: `/v1/orders/{orderId}`. */
  readonly path: string;
  readonly summary: string;
  /** One of several suffices. */
  readonly scope: Scope | readonly Scope[] | 'nothing';
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: Content;
  /** By HTTP status. */
  readonly answers: Readonly<Record<number, Content & { readonly description: string }>>;
  /** Beyond those that the route has by nature: its key, its form, our own failures. */
  readonly problems?: readonly ProblemCode[];
}

export interface Content {
  readonly schema?: z.ZodType;
  /** Default: application/json. */
  readonly mediaType?: string;
}

const PROBLEM = {
  type: 'object',
  description: 'RFC 9457. Clients act on `code`, people read `title` and `detail`.',
  required: ['type', 'title', 'status', 'code'],
  properties: {
    type: { type: 'string' }, title: { type: 'string' }, status: { type: 'integer' }, code: { type: 'string', enum: Object.keys(problems) }, detail: { type: 'string' },
    errors: { type: 'array', items: { type: 'object', required: ['path', 'message'], properties: { path: { type: 'string' }, message: { type: 'string' } } } },
  },
};

/** An OpenAPI 3.1 document; its schemas are JSON Schema 2020-12, generated from zod. */
export function openApi(title: string, routes: readonly RouteDescription[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) paths[route.path] = { ...paths[route.path], [route.method]: operation(route) };
  return {
    openapi: '3.1.0',
    info: { title, version: 'v1' },
    paths,
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key of the directory' } }, schemas: { Problem: PROBLEM } },
  };
}

function operation(route: RouteDescription): object {
  const { summary, scope, params, query, headers, body, answers } = route;
  return {
    summary,
    ...(scope === 'nothing' ? { security: [] } : { description: `Needs the scope ${[scope].flat().map((each) => `\`${each}\``).join(' or ')}.`, security: [{ key: [] }] }),
    parameters: [...parameters('path', params), ...parameters('query', query), ...parameters('header', headers)],
    ...(body === undefined ? {} : { requestBody: { required: body.schema?.safeParse(undefined).success !== true, content: contentOf(body, 'input') } }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, { description: answer.description, content: contentOf(answer, 'output') }])),
      ...problemAnswers(route),
    },
  };
}

function parameters(place: 'path' | 'query' | 'header', schema: z.ZodObject | undefined): object[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => {
    const { description, ...form } = jsonSchema(field as z.ZodType, 'input');
    return { name, in: place, required: place === 'path' || !(field as z.ZodType).safeParse(undefined).success, ...(description === undefined ? {} : { description }), schema: form };
  });
}

function contentOf({ schema, mediaType = 'application/json' }: Content, io: 'input' | 'output'): object {
  return { [mediaType]: schema === undefined ? {} : { schema: jsonSchema(schema, io) } };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...form } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Record<string, unknown>;
  return form;
}

function problemAnswers({ scope, params, query, body, problems: own = [] }: RouteDescription): object {
  const codes = new Set<ProblemCode>(own);
  if (params ?? query ?? body) codes.add('request.malformed');
  if (scope !== 'nothing') for (const code of ['auth.missing', 'auth.unknown-key', 'auth.forbidden', 'service.unavailable'] as const) codes.add(code);
  const byStatus = Map.groupBy(codes, (code) => problems[code].status);
  return Object.fromEntries([...byStatus].map(([status, group]) => [status, {
    description: group.map((code) => `\`${code}\`: ${problems[code].title}.`).join(' '),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  }]));
}

/** Token of the document that a service serves. */
export const OPENAPI = Symbol('openapi');

@Controller('v1/openapi.json')
export class OpenApiController {
  constructor(@Inject(OPENAPI) private readonly document: object) {}

  @Get()
  @Needs('nothing')
  show(): object {
    return this.document;
  }
}
