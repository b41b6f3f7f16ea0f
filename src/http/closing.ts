import type { App } from './context.js';

/** Once the service is closing, an answer under way ends its connection: a kept-alive one would hold up the close. */
export function registerClosing(app: App): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) void reply.header('connection', 'close');
  });
}
