'use strict';
// Serves the tests' service: `node server.js link.proto`. Prints its port, then what becomes of hanging calls. Ends with its input.
const { grpc, Link } = require('./link');

const failure = question => ({ code: question.fail_with, details: question.text });

// Sends back the metadata given, as headers and as trailers.
const echoed = (call, prefix) => {
  const metadata = new grpc.Metadata();
  for (const key of Object.keys(call.metadata.getMap()).filter(key => key.startsWith('x-'))) {
    call.metadata.get(key).forEach(value => metadata.add(prefix + key, value));
  }
  return metadata;
};

const hang = call => call.on('cancelled', () => console.log('cancelled'));

const server = new grpc.Server({ 'grpc.default_compression_algorithm': process.argv[3] === 'gzip' ? 2 : 0 });
server.addService(Link(process.argv[2]).service, {
  Ask(call, answer) {
    const question = call.request;
    call.sendMetadata(echoed(call, 'header-'));
    if (question.hang) {
      hang(call);
    } else if (question.fail_with) {
      answer({ ...failure(question), metadata: echoed(call, 'trailer-') });
    } else {
      answer(null, { text: question.text }, echoed(call, 'trailer-'));
    }
  },
  Collect(call, answer) {
    const total = { bytes: 0, chunks: 0 };
    call.on('data', chunk => { total.bytes += chunk.data.length; total.chunks++; });
    call.on('end', () => answer(null, total));
    call.on('error', () => {});
  },
  Produce(call) {
    let left = call.request.chunks;
    const chunk = { data: Buffer.alloc(call.request.chunk_bytes) };
    const more = () => {
      while (left > 0) {
        left--;
        if (!call.write(chunk)) {
          call.once('drain', more);
          return;
        }
      }
      call.end();
    };
    call.on('cancelled', () => { left = 0; console.log('cancelled'); });
    more();
  },
  Talk(call) {
    call.on('cancelled', () => console.log('cancelled'));
    call.on('data', question => {
      if (question.fail_with) {
        call.emit('error', failure(question));
      } else if (!question.hang) {
        call.write({ text: question.text });
      }
    });
    call.on('end', () => call.end());
    call.on('error', () => {});
  },
});
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (problem, port) => {
  if (problem) {
    throw problem;
  }
  console.log(port);
});
process.stdin.on('end', () => process.exit(0)).resume();
