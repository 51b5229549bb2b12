import { connect } from "node:net"; import { pino } from "pino";
const { EgressProxy } = await import(process.argv[2]!);
const w: any[]=[]; const log=pino({level:"warn"},{write:(l:string)=>void w.push(l)});
const p=new EgressProxy({uid:process.getuid!(),resolve:async()=>[],log}); await p.listen();
const one=(i:number)=>new Promise<number>(r=>{const t=performance.now();const s=connect(p.port,"127.0.0.1",()=>{s.write("CONNECT nowhere.test:443 HTTP/1.1\r\n\r\n"); if(i%2===0&&process.argv[3])setTimeout(()=>s.destroy(),i/40)});s.on("data",()=>r(performance.now()-t));s.on("error",()=>{});s.on("close",()=>r(-1))});
const a=(await Promise.all(Array.from({length:200},(_,i)=>one(i)))).filter(x=>x>0).sort((a,b)=>a-b);
console.log(process.argv[2],"warn",w.length,"median",a[a.length>>1],"max",a.at(-1)); await p.close();
