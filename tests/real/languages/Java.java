import java.util.*; import java.util.concurrent.*; import java.util.stream.*; import java.nio.*; import java.nio.channels.*; import java.net.*; import java.io.*; import java.nio.file.*;
public class Java {
  static int depth; static void deep(){ depth++; deep(); }
  static class N { int v; N next; }
  static int sum(N n){ int s=0; for(int i=0;i<5;i++){ s+=n.v; n=n.next; } return s; }
  public static void main(String[] a) throws Exception {
    try { deep(); } catch(StackOverflowError e){ System.out.println("SOE "+(depth>1000)); }
    // implicit null checks in hot code
    N x=new N(); x.v=1; x.next=x; int npe=0; long t=0; N end=new N(); 
    for(int i=0;i<200000;i++){ t+=sum(x); } for(int i=0;i<20000;i++){ try { t+=sum(end); } catch(NullPointerException e){ npe++; } } System.out.println(t+" "+npe);
    int[] arr=new int[10]; int aio=0; for(int i=0;i<200000;i++){ try { arr[i%11]++; } catch(ArrayIndexOutOfBoundsException e){ aio++; } } System.out.println(aio);
    int dz=0; for(int i=0;i<100000;i++){ try { t+=100/(i%10); } catch(ArithmeticException e){ dz++; } } System.out.println(dz);
    ExecutorService ex=Executors.newFixedThreadPool(16); List<Future<Long>> fs=new ArrayList<>();
    for(int i=0;i<64;i++){ final int k=i; fs.add(ex.submit(()->{ Map<Integer,List<String>> m=new HashMap<>(); for(int j=0;j<20000;j++) m.computeIfAbsent(j%97,q->new ArrayList<>()).add("s"+j*k); long s=0; for(List<String> l:m.values()) for(String q:l) s+=q.hashCode(); return s; })); }
    long s=0; for(Future<Long> f:fs) s+=f.get(); System.out.println(s); ex.shutdown();
    double d=0; for(int i=1;i<5000000;i++) d+=StrictMath.sin(i)*Math.sqrt(i)/i; System.out.println(d);
    System.out.println(IntStream.range(0,1000000).parallel().filter(i->i%3==0).mapToLong(i->i).sum());
    ProcessBuilder pb=new ProcessBuilder("sh","-c","echo child; cat; exit 3"); Process p=pb.start(); p.getOutputStream().write("input\n".getBytes()); p.getOutputStream().close(); System.out.print(new String(p.getInputStream().readAllBytes())); System.out.println(p.waitFor());
    try { new ProcessBuilder("/no/such").start(); } catch(IOException e){ System.out.println(e.getMessage().contains("No such file")); }
    ServerSocketChannel ss=ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1",0)); ss.configureBlocking(false); Selector sel=Selector.open(); ss.register(sel,SelectionKey.OP_ACCEPT); int port=((InetSocketAddress)ss.getLocalAddress()).getPort();
    Thread srv=new Thread(()->{ try { int closed=0; while(closed<20){ sel.select(); for(Iterator<SelectionKey> it=sel.selectedKeys().iterator();it.hasNext();){ SelectionKey k=it.next(); it.remove(); if(k.isAcceptable()){ SocketChannel c=ss.accept(); if(c==null) continue; c.configureBlocking(false); c.register(sel,SelectionKey.OP_READ);} else { ByteBuffer b=ByteBuffer.allocate(100); SocketChannel c=(SocketChannel)k.channel(); int n=c.read(b); if(n<0){ c.close(); closed++; } else { b.flip(); c.write(b);} } } } } catch(Exception e){ e.printStackTrace(); } }); srv.start();
    int ok=0; for(int i=0;i<20;i++) try(Socket c=new Socket("127.0.0.1",port)){ c.getOutputStream().write("ping".getBytes()); byte[] r=c.getInputStream().readNBytes(4); if(new String(r).equals("ping")) ok++; } srv.join(); System.out.println("echo "+ok);
    Path f=Files.createTempFile("j","x"); try(FileChannel c=FileChannel.open(f,StandardOpenOption.READ,StandardOpenOption.WRITE)){ MappedByteBuffer m=c.map(FileChannel.MapMode.READ_WRITE,0,1<<20); for(int i=0;i<1<<18;i++) m.putInt(i*4,i); m.force(); } System.out.println(Files.size(f)); Files.delete(f);
    for(int i=0;i<30;i++){ byte[][] g=new byte[200][]; for(int j=0;j<2000;j++) g[j%200]=new byte[10000]; } System.gc(); System.out.println("gc");
    Object lock=new Object(); int[] cnt={0}; Thread[] th=new Thread[20]; for(int i=0;i<20;i++){ th[i]=new Thread(()->{ for(int j=0;j<10000;j++) synchronized(lock){ cnt[0]++; } }); th[i].start(); } for(Thread q:th) q.join(); System.out.println(cnt[0]);
    System.out.println(ProcessHandle.current().info().command().get().endsWith("java"));
  }
}
