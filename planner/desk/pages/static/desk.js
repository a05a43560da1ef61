// What the desk does where script runs; every page can be read and used without it, but for what moves by itself.
"use strict";
