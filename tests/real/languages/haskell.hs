-- The runtime system's own threads, its timer signal, exceptions, processes.
import Control.Concurrent
import Control.Exception
import Control.Monad
import qualified Data.Map as M
fib :: Int -> Int
fib n = if n < 2 then n else fib (n - 1) + fib (n - 2)
main :: IO ()
main = do
  print (fib 24)
  vs <- forM [1 .. 500] $ \k -> do { v <- newEmptyMVar; _ <- forkIO (putMVar v $! sum [1 .. k]); return v }
  print . sum =<< mapM takeMVar vs
  r <- try (evaluate (1 `div` (0 :: Int))) :: IO (Either ArithException Int)
  print r
  r2 <- try (evaluate (head (drop 3 [1 :: Int]))) :: IO (Either SomeException Int)
  putStrLn (either (const "no head") show r2)
  print (M.size (M.fromList [(show i, i) | i <- [1 .. 50000 :: Int]]))
  t <- forkIO (forever (threadDelay 1000))
  threadDelay 20000 >> killThread t
  m <- newMVar (0 :: Int)
  done <- newEmptyMVar
  forM_ [1 .. 8 :: Int] $ \_ -> forkIO (replicateM_ 1000 (modifyMVar_ m (return . (+ 1))) >> putMVar done ())
  replicateM_ 8 (takeMVar done)
  print =<< readMVar m
  print (sum (map sqrt [1 .. 10000 :: Double]))
