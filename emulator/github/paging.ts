import type { Answer, HandlerRequest } from './types.ts';

/**
 * One page of a list, with the `Link` header that leads to the others (docs.github.com, "Using pagination in the REST
 * API"): `per_page` is 30 unless told and at most 100, and a list that fits on one page has no header.
 */
export function paged<T>(items: readonly T[], request: HandlerRequest, render: (item: T) => unknown): Answer {
  const { per_page = '30', page = '1' } = request.parameters;
  const size = Math.min(100, Math.max(1, Number(per_page)));
  const current = Math.max(1, Number(page));
  const last = Math.max(1, Math.ceil(items.length / size));
  const body = items.slice((current - 1) * size, current * size).map(render);
  const to = (number: number, rel: string) => {
    const query = new URLSearchParams({ ...request.query, page: String(number) });
    return `<${request.url}${request.path}?${query}>; rel="${rel}"`;
  };
  const links = [
    ...(current > 1 ? [to(current - 1, 'prev')] : []),
    ...(current < last ? [to(current + 1, 'next'), to(last, 'last')] : []),
    ...(current > 1 ? [to(1, 'first')] : []),
  ];
  return { status: 200, body, ...(links.length > 0 && { headers: { link: links.join(', ') } }) };
}
