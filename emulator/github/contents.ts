import { complete } from './blank.ts';
import { notFound } from './problems.ts';
import type { Answer, HandlerRequest, Handlers } from './types.ts';

/** Files of the repository as they are at commits and branches, by `<ref>:<path>` (REST API, "Get repository content"). */
export function contentHandlers(files: Readonly<Record<string, string>>): Handlers {
  return {
    'repos/get-content': {
      scope: 'contents',
      access: 'read',
      answer: (request) => contentOf(files, request),
    },
  };
}

function contentOf(files: Readonly<Record<string, string>>, { parameters }: HandlerRequest): Answer {
  const { path = '', ref = 'main' } = parameters;
  const key = `${ref}:${path}`;
  const text = Object.hasOwn(files, key) ? files[key] : undefined;
  if (text === undefined) return notFound;
  const content = Buffer.from(text).toString('base64');
  const file = { type: 'file', encoding: 'base64', size: text.length, name: path.split('/').at(-1), path, content };
  return { status: 200, body: complete('content-file', file) };
}
