/** One document for every address: the graphic under `/graphic/`, the dashboard elsewhere. Each loads only its own. */

if (location.pathname.startsWith("/graphic/")) void import("./graphic/main");
else void import("./dashboard/main");
