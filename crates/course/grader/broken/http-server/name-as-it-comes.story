 1. put the file "课程 表.txt" into the folder: 26 bytes "星期一 1b95d312734fd743"
 2. started  name-as-it-comes.py 127.0.0.1:PORT /tmp/course-check-/served
 3. the client connected
 4. the client sent 69 bytes "GET /%E8%AF%BE%E7%A8%8B%20%E8%A1%A8.txt HTTP/1.1␍␊Host: 127.0.0.1␍␊␍␊"
 5. the client received the line "HTTP/1.1 404 Not Found"
 6. checked that the status is 200  <- not as expected
      expected  the status is 200
      came      404
      program   still running
      stderr    listening on 127.0.0.1:PORT
likely: in a URL only some ASCII characters stand for themselves; every other byte is % and two hex digits: turn each %XX into its byte, then decode all of it as UTF-8 (urllib.parse.unquote does both)
read:   docs/lessons/07c-http.md, "Names in a URL"
