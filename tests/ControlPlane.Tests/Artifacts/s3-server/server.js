'use strict';

// Serves S3 from the folder given, on a free loopback port that it prints, until its standard input closes.
const S3rver = require('s3rver');

const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory: process.argv[2] });
server.run().then(({ port }) => console.log(port));
process.stdin.on('close', () => process.exit(0)).resume();
