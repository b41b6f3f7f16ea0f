import { openFund, seedWorld } from '../fixture.js';
import { forEachEngine } from '../helper.js';
import { type Document, operationsOf, sampleOf } from './document.js';
import { withKnownIds } from './malformed.js';
import { serve } from './service.js';

forEachEngine(
  'a body made of the documented examples is well-formed for every operation',
  async (t, store) => {
    const world = await seedWorld(store);
    const { county } = world;
    const known = { fundId: [await openFund(world)], organisationId: [world.station.id] };
    const { app, tokenOf } = await serve(t, store);
    const document = app.swagger() as unknown as Document;
    const authorization = `Bearer ${await tokenOf(county.finance)}`;
    for (const { name, method, path, operation } of operationsOf(document)) {
      const schema = operation.requestBody?.content['application/json']?.schema;
      if (!schema) continue;
      const reply = await app.inject({
        method: method.toUpperCase() as 'POST',
        url: path
          .replace('{bookId}', county.bookId)
          .replace('{year}', '2022')
          .replace(/\{\w+\}/g, 'unknown'),
        headers: { authorization },
        payload: withKnownIds(sampleOf(document, schema), known) as object,
      });
      // What succeeds may answer with a file.
      const said = String(reply.headers['content-type']).includes('json') ? reply.json() : {};
      t.not(said.code, 'validation_failed', `${name}: ${JSON.stringify(said.errors ?? '')}`);
      t.ok(reply.statusCode < 500, name);
    }
  },
);
