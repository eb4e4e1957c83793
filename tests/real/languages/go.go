package main
import ("fmt";"sync";"os";"os/exec";"os/signal";"syscall";"time";"net";"net/http";"io";"runtime")
func fib(n int) int { if n<2 {return n}; return fib(n-1)+fib(n-2)}
func main(){
 var wg sync.WaitGroup; var mu sync.Mutex; t:=0
 for i:=0;i<2000;i++ { wg.Add(1); go func(i int){defer wg.Done(); s:=0; for j:=0;j<2000;j++{s+=j^i}; runtime.Gosched(); mu.Lock(); t+=s; mu.Unlock()}(i)}
 wg.Wait(); fmt.Println(t)
 _,err:=exec.Command("/no/such").Output(); fmt.Println(err)
 o,err:=exec.Command("sh","-c","echo from child; exit 3").CombinedOutput(); fmt.Printf("%q %v\n",o,err)
 c:=make(chan os.Signal,10); signal.Notify(c,syscall.SIGUSR1); n:=0
 for i:=0;i<200;i++ { syscall.Kill(os.Getpid(),syscall.SIGUSR1); <-c; n++ }; fmt.Println(n)
 l,err:=net.Listen("tcp","127.0.0.1:0"); if err!=nil {fmt.Println(err); return}
 go http.Serve(l,http.HandlerFunc(func(w http.ResponseWriter,r *http.Request){fmt.Fprint(w,"hi ",r.URL.Path)}))
 for i:=0;i<100;i++ { r,err:=http.Get("http://"+l.Addr().String()+"/x"); if err!=nil {fmt.Println(err);return}; b,_:=io.ReadAll(r.Body); r.Body.Close(); if i==99 {fmt.Println(string(b))}}
 done:=make(chan int); go func(){ for{ select{case <-done: return; default:}}}()
 // tight loops need async preemption
 for i:=0;i<4;i++ { go func(){ x:=0; for { x++ } }() }
 time.Sleep(300*time.Millisecond); runtime.GC(); fmt.Println("gc ok")
 func(){ defer func(){fmt.Println(recover())}(); var p *int; *p=1 }()
 func(){ defer func(){fmt.Println(recover())}(); a:=[]int{1}; i:=5; fmt.Println(a[i]) }()
 fmt.Println(fib(30))
 tm:=time.NewTicker(time.Millisecond); for i:=0;i<50;i++ {<-tm.C}; fmt.Println("ticks")
 m:=map[string]int{}; for i:=0;i<200000;i++ {m[fmt.Sprint(i)]=i}; fmt.Println(len(m))
}
