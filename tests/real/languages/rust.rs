// Threads, channels, panics that unwind and are caught, processes, sockets, backtraces.
use std::{collections::HashMap, io::{Read, Write}, net::*, process::*, sync::*, thread, time::Duration};
fn fib(n: u64) -> u64 { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }
fn main() {
    println!("{}", fib(30));
    let m = Arc::new(Mutex::new(HashMap::new()));
    let hs: Vec<_> = (0..16).map(|k| { let m = m.clone(); thread::spawn(move || for i in 0..2000 { *m.lock().unwrap().entry(i % 13).or_insert(0) += k }) }).collect();
    for h in hs { h.join().unwrap() }
    let mut v: Vec<_> = m.lock().unwrap().iter().map(|(a, b)| (*a, *b)).collect(); v.sort();
    println!("{:?}", v);
    std::panic::set_hook(Box::new(|_| {}));
    let r: Vec<_> = (0..50).map(|i| thread::spawn(move || { if i % 2 == 0 { panic!("no {}", i) } i }).join().is_err()).collect();
    println!("{}", r.iter().filter(|x| **x).count());
    println!("{}", std::panic::catch_unwind(|| { let v: Vec<i32> = vec![]; v[std::env::args().count()] }).is_err());
    println!("{:?}", Command::new("/no/such/program").spawn().err().map(|e| e.kind()));
    println!("{:?}", Command::new("sh").args(["-c", "echo child; exit 3"]).output().map(|o| (String::from_utf8(o.stdout).unwrap(), o.status.code())).unwrap());
    let l = TcpListener::bind("127.0.0.1:0").unwrap(); let a = l.local_addr().unwrap();
    let t = thread::spawn(move || for s in l.incoming().take(50) { let mut s = s.unwrap(); let mut b = [0; 4]; s.read_exact(&mut b).unwrap(); s.write_all(&b).unwrap() });
    let ok = (0..50).filter(|_| { let mut s = TcpStream::connect(a).unwrap(); s.write_all(b"ping").unwrap(); let mut b = [0; 4]; s.read_exact(&mut b).unwrap(); &b == b"ping" }).count();
    t.join().unwrap(); println!("{}", ok);
    let (tx, rx) = mpsc::channel(); for k in 0..8 { let tx = tx.clone(); thread::spawn(move || for i in 0..1000 { tx.send(i * k).unwrap() }); } drop(tx);
    println!("{}", rx.iter().sum::<i32>());
    println!("{:?}", mpsc::channel::<i32>().1.recv_timeout(Duration::from_millis(10)).is_err());
    let mut c = Command::new("sleep").arg("100").spawn().unwrap(); c.kill().unwrap(); println!("{}", c.wait().unwrap());
    println!("{}", std::env::current_exe().unwrap().ends_with("rust-case"));
}
