'use strict';
// Calls the tests' service: `node client.js link.proto address`. Prints one line of JSON for each story: its name, and what went wrong.
const assert = require('node:assert/strict');
const { grpc, Link } = require('./link');

const Service = Link(process.argv[2]);
const connect = options => new Service(process.argv[3], grpc.credentials.createInsecure(), options);
const plain = connect({});
const zipped = connect({ 'grpc.default_compression_algorithm': 2 });
const [chunks, chunkBytes] = [1600, 64 * 1024];

// How a call ends: its answer (of calls that have one), status, headers and trailers.
const ended = start => new Promise(resolve => {
  let answer, headers;
  const call = start((problem, value) => { answer = value; });
  call.on('metadata', value => { headers = value; });
  call.on('error', () => {});
  call.on('status', status => setImmediate(() => resolve({ answer, headers, code: status.code, details: status.details, trailers: status.metadata })));
});
const soon = () => ({ deadline: Date.now() + 300 });

const stories = {
  async unary() {
    const end = await ended(done => plain.Ask({ text: 'who?' }, done));
    assert.equal(end.code, 0);
    assert.equal(end.answer.text, 'who?');
  },
  async metadata() {
    const metadata = new grpc.Metadata();
    metadata.add('x-text', 'plain');
    metadata.add('x-bytes-bin', Buffer.from([0, 255, 128]));
    metadata.add('x-bytes-bin', Buffer.from([1]));
    const end = await ended(done => plain.Ask({}, metadata, done));
    assert.deepEqual(end.headers.get('header-x-text'), ['plain']);
    assert.deepEqual(end.headers.get('header-x-bytes-bin'), [Buffer.from([0, 255, 128]), Buffer.from([1])]);
    assert.deepEqual(end.trailers.get('trailer-x-text'), ['plain']);
    assert.deepEqual(end.trailers.get('trailer-x-bytes-bin'), [Buffer.from([0, 255, 128]), Buffer.from([1])]);
  },
  async failure() {
    for (let code = 1; code <= 16; code++) {
      const end = await ended(done => plain.Ask({ fail_with: code, text: `100 % für 猫 🐈 ${code}` }, done));
      assert.equal(end.code, code);
      assert.equal(end.details, `100 % für 猫 🐈 ${code}`);
    }
  },
  async unimplemented() {
    const end = await ended(done => plain.makeUnaryRequest('/argosy.tests.link.Link/Nothing', value => value, value => value, Buffer.alloc(0), done));
    assert.equal(end.code, grpc.status.UNIMPLEMENTED);
  },
  async tooLarge() {
    const end = await ended(done => plain.Ask({ text: 'x'.repeat(5_000_000) }, done));
    assert.equal(end.code, grpc.status.RESOURCE_EXHAUSTED);
  },
  async compressed() {
    const text = 'x'.repeat(100_000);
    const end = await ended(done => zipped.Ask({ text }, done));
    assert.equal(end.code, 0);
    assert.equal(end.answer.text, text);
  },
  async deadline() {
    assert.equal((await ended(done => plain.Ask({ hang: true }, soon(), done))).code, grpc.status.DEADLINE_EXCEEDED);
  },
  async deadlineOfAStream() {
    const end = await ended(() => {
      const call = plain.Talk(soon());
      call.write({ hang: true });
      return call.on('data', () => {});
    });
    assert.equal(end.code, grpc.status.DEADLINE_EXCEEDED);
  },
  async cancelled() {
    const end = await ended(done => {
      const call = plain.Ask({ hang: true }, done);
      setTimeout(() => call.cancel(), 100);
      return call;
    });
    assert.equal(end.code, grpc.status.CANCELLED);
  },
  async cancelledStream() {
    const end = await ended(() => {
      const call = plain.Produce({ chunks: 1_000_000, chunk_bytes: chunkBytes });
      return call.once('data', () => call.cancel());
    });
    assert.equal(end.code, grpc.status.CANCELLED);
  },
  async upstream() {
    const end = await ended(done => {
      const call = plain.Collect(done);
      let left = chunks;
      const more = () => {
        while (left > 0) {
          left--;
          if (!call.write({ data: Buffer.alloc(chunkBytes) })) {
            call.once('drain', more);
            return;
          }
        }
        call.end();
      };
      more();
      return call;
    });
    assert.equal(end.code, 0);
    assert.deepEqual(end.answer, { bytes: chunks * chunkBytes, chunks });
  },
  async downstream() {
    let bytes = 0;
    const end = await ended(() => plain.Produce({ chunks, chunk_bytes: chunkBytes }).on('data', chunk => { bytes += chunk.data.length; }));
    assert.equal(end.code, 0);
    assert.equal(bytes, chunks * chunkBytes);
  },
  async duplex() {
    const heard = [];
    const end = await ended(() => {
      const call = plain.Talk();
      call.write({ text: '0' });
      return call.on('data', answer => {
        heard.push(answer.text);
        heard.length < 100 ? call.write({ text: `${heard.length}` }) : call.end();
      });
    });
    assert.equal(end.code, 0);
    assert.deepEqual(heard, [...Array(100).keys()].map(String));
  },
  async failureAfterMessages() {
    const heard = [];
    const end = await ended(() => {
      const call = plain.Talk();
      call.write({ text: 'fine' });
      call.write({ fail_with: grpc.status.DATA_LOSS, text: 'überall' });
      return call.on('data', answer => heard.push(answer.text));
    });
    assert.deepEqual(heard, ['fine']);
    assert.equal(end.code, grpc.status.DATA_LOSS);
    assert.equal(end.details, 'überall');
  },
};

(async () => {
  for (const [story, tell] of Object.entries(stories)) {
    let problem = '';
    try {
      await tell();
    } catch (failed) {
      problem = failed.stack;
    }
    console.log(JSON.stringify({ story, problem }));
  }
  process.exit(0);
})();
