/**
 * A misbehaving SSH server in a process of its own: `misbehaving-server.mjs BUILD OPTIONS`, OPTIONS those of
 * startEmbeddedServer in JSON (a preamble may be `{"repeat": TEXT, "times": N}`). Tells port and host key as JSON.
 */
const [build, text] = process.argv.slice(2);
const { startEmbeddedServer } = await import(`${build}/lab/embedded/server.js`);
const options = JSON.parse(text);
const { preamble } = options.misbehaviour;
if (typeof preamble === 'object') options.misbehaviour.preamble = preamble.repeat.repeat(preamble.times);
const { port, hostKey } = await startEmbeddedServer(options);
process.stdout.write(`${JSON.stringify({ port, hostKey })}\n`);
process.on('disconnect', () => process.exit(0));
