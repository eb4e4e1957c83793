const {Worker,isMainThread,parentPort,workerData}=require('worker_threads');
const cp=require('child_process'),http=require('http'),crypto=require('crypto'),fs=require('fs'),os=require('os'),zlib=require('zlib'),net=require('net'),path=require('path');
if(process.argv[2]==='child'){process.on('message',m=>process.send(m+' pong'));return;}
if(!isMainThread){let s=0;for(let i=0;i<3e6;i++)s=(s*31+i)|0;parentPort.postMessage(workerData+':'+s);return;}
(async()=>{
 const r=[];
 await Promise.all([1,2,3,4].map(i=>new Promise((ok,no)=>{const w=new Worker(__filename,{workerData:i});w.on('message',m=>r.push(m));w.on('exit',ok);w.on('error',no)})));
 console.log(r.sort().join(' '));
 console.log(cp.execFileSync(process.execPath,['-e','console.log(process.execPath,process.argv0===process.execPath)']).toString().trim());
 await new Promise(ok=>{cp.spawn('/no/such/program').on('error',e=>{console.log(e.code);ok()})});
 console.log(cp.execSync('echo hi; exit 0').toString().trim());
 const c=cp.fork(__filename,['child']);await new Promise(ok=>{c.on('message',m=>{console.log('child',m);c.disconnect()});c.on('exit',(code,s)=>{console.log(code,s);ok()});c.send('ping')});
 const srv=http.createServer((q,s)=>{s.end('hello '+q.url)}).listen(0);
 await new Promise(ok=>srv.on('listening',ok));
 const port=srv.address().port;
 const got=await Promise.all([...Array(200).keys()].map(i=>new Promise((ok,no)=>http.get({port,path:'/'+i},q=>{let d='';q.on('data',x=>d+=x);q.on('end',()=>ok(d))}).on('error',no))));
 console.log(got.length,got[199]);srv.close();
 console.log(crypto.createHash('sha256').update(Buffer.alloc(1e6,'a')).digest('hex'));
 console.log(zlib.gunzipSync(zlib.gzipSync(Buffer.alloc(1e6,'abc'))).length);
 const w=new WebAssembly.Module(new Uint8Array([0,97,115,109,1,0,0,0,1,7,1,96,2,127,127,1,127,3,2,1,0,7,7,1,3,97,100,100,0,0,10,9,1,7,0,32,0,32,1,106,11]));
 console.log(new WebAssembly.Instance(w).exports.add(40,2));
 const d=fs.mkdtempSync(path.join(os.tmpdir(),'n-'));
 await Promise.all([...Array(300).keys()].map(i=>fs.promises.writeFile(d+'/'+i,'x'.repeat(i))));
 const sizes=await Promise.all((await fs.promises.readdir(d)).map(async f=>(await fs.promises.stat(d+'/'+f)).size));
 console.log(sizes.reduce((a,b)=>a+b)); fs.rmSync(d,{recursive:true});
 const ki=cp.spawn(process.execPath,['-e','setInterval(()=>{},1000)']);setTimeout(()=>ki.kill('SIGTERM'),500);
 await new Promise(ok=>ki.on('exit',(c,s)=>{console.log(c,s);ok()}));
 function deep(n){return n?1+deep(n-1):0} try{(function f(){f()})()}catch(e){console.log(e.constructor.name)}
 let m=new Map();for(let i=0;i<3e5;i++)m.set('k'+i,{a:i,b:[i]});let t=0;for(const [k,v] of m)t+=v.b[0];console.log(t);
 const fib=n=>n<2?n:fib(n-1)+fib(n-2);console.log(fib(27));
 console.log(JSON.stringify([1.5,"é",/a+b/.exec('xaaab')[0],[3,1,2].sort(),new Date(0).toISOString(),0.1+0.2,123456789012345678901234567890n*7n+'']));
})();
